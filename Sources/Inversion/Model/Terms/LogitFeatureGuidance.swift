import Torch
import Training

/// ``LogitFeatureLoss`` of made images, with features of public images to be near.
public struct LogitFeatureGuidance: ImageTerm {
  /// The loss.
  public let loss: LogitFeatureLoss
  private let distribution: FeatureDistribution
  private let target: TargetModel
  private let images: MadeImages

  /// The term.
  ///
  /// - Parameter distribution: of the target's features of all public images.
  public init(
    _ loss: LogitFeatureLoss, near distribution: FeatureDistribution, of target: TargetModel,
    on images: MadeImages
  ) {
    self.loss = loss
    self.distribution = distribution
    self.target = target
    self.images = images
  }

  /// `logit-features`.
  public var name: String { "logit-features" }
  /// A logit has no bound.
  public var isBoundedBelowByZero: Bool { false }
  /// Images are judged one by one.
  public var isMeanOverExamples: Bool { true }

  /// The mean over the batch; draws are the examples' own, at every step others.
  ///
  /// - Throws: ``InversionError``; what target and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    let answers = try target.answers(to: images, in: step)
    var wanted = distribution.mean
    if loss.reference == .drawn {
      var streams = step.streams(name)
      wanted = distribution.drawn(from: &streams)
    }
    return try loss.losses(
      answers.logits, features: answers.features, labels: step.batch.labels, wanted: wanted
    ).mean()
  }
}
