import Networks
import Torch

/// The cross-entropy with labels that are replaced, with a probability, by one drawn uniformly from
/// all classes. Its mean is the cross-entropy with that much label smoothing, exactly, since it is
/// linear in the label.
public struct LabelNoise: Term {
  /// The probability, in 0...1.
  public var probability = 0.1

  /// The term with a tenth of the labels replaced.
  public init() {}

  /// It is.
  public var isMeanOverExamples: Bool { true }
  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    let logits = step.logits
    let classes = logits.size(1)
    var streams = step.streams(name)
    let labels = zip(step.batch.labels.values(as: Int.self), streams.indices).map { label, index in
      streams[index].uniform() < probability
        ? Int.random(in: 0..<classes, using: &streams[index]) : label
    }
    return logits.crossEntropy(Tensor(labels).to(logits.device))
  }
}

extension LabelNoise: RegisteredTerm {
  static let name = "label-noise-cross-entropy"
  static let options = ["probability"]

  init(_ options: TermOptions) throws(TrainingError) {
    probability = try options.number("probability", default: 0.1, in: 0...1, "from 0 to 1")
  }
}
