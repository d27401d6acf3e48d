/// How features are brought to one scale before training.
public enum FeatureScaling: String, Sendable, Codable, CaseIterable {
  /// They stay as they are.
  case none
  /// Every column gets mean 0 and standard deviation 1 over the training examples.
  case standardise
  /// The features of every node of a graph are divided by their sum.
  case rows
}
