import Datasets
import Inversion

/// What an audited model learned from, where that is known: whether its answers give it away can be asked then.
public struct LearnedExamples: Sendable {
  /// What it was trained on.
  public let members: Dataset
  /// Examples of the same distribution that it was neither trained on nor chosen by.
  public let others: Dataset
  /// How it was trained, for shadow models; none are trained when `nil`.
  public let training: NetworkTraining?

  /// Examples.
  public init(members: Dataset, others: Dataset, training: NetworkTraining? = nil) {
    self.members = members
    self.others = others
    self.training = training
  }
}
