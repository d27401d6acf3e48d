/// What an attack on a classifier optimises. Two optimisations that move different things are not one.
public enum OptimisedVariable: String, Sendable, Codable, CaseIterable {
  /// Nothing: images are picked, or sampled as they come.
  case none
  /// The image itself.
  case image
  /// What the prior knows of the class: its vector, the hidden layer that the vector goes through, low-rank
  /// changes of the network.
  case embedding
  /// The noise that sampling starts from.
  case noise
  /// The way of sampling, which the target's gradient bends.
  case guidance
}
