/// What the outputs of a network are taken for.
public enum OutputKind: String, Sendable, Codable, CaseIterable {
  /// Logits of classes that exclude one another: exactly one is true, with the probabilities of a
  /// softmax over all of them.
  case classes
  /// Logits of labels that do not: each is there or not, with the probability of a sigmoid of its own.
  case labels
}
