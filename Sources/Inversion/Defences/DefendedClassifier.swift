import Networks
import Torch

/// A classifier whose answers are changed before anybody sees them.
public struct DefendedClassifier: Classifier {
  /// The classifier.
  public let base: any Classifier
  /// What is done to its probabilities, in this order.
  public let defences: [any OutputDefence]

  /// A classifier with defences.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for a defence that is none for so many classes.
  public init(_ base: any Classifier, defences: [any OutputDefence]) throws(InversionError) {
    for defence in defences { try defence.check(classCount: base.classCount) }
    self.base = base
    self.defences = defences
  }

  /// What an attacker who has the weights optimises against: the classifier without its defences where all of them
  /// are ``OutputSlope/straightThrough``, and what is answered otherwise.
  ///
  /// Gradients straight through a defence are not enough: values below what is told are all the same, so that a loss
  /// of the strongest rivals finds none, and features are not seen. That would hide what the weights know.
  public var seenThrough: any Classifier {
    defences.allSatisfy { $0.slope == .straightThrough } ? base : self
  }

  /// The number of classes.
  public var classCount: Int { base.classCount }
  /// The shape of one input.
  public var inputShape: [Int] { base.inputShape }

  /// Logits of which the softmax is what is answered, `[N, K]`.
  public func logits(_ inputs: Tensor) throws -> Tensor {
    let logits = try base.logits(inputs)
    return try attempt {
      defences.reduce(logits) { $1.defend($0.logSoftmax(along: 1)) }
    }
  }

  /// The classifier's: changing its answers makes no other model of it.
  public func state() throws -> [String: Tensor]? { try base.state() }
}
