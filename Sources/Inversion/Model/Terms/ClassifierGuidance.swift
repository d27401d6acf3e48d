import Torch
import Training

/// `L_cls` of model inversion: how far the target is from taking made images for their classes.
public struct ClassifierGuidance: ImageTerm {
  /// The loss.
  public let loss: ClassifierLoss
  private let target: TargetModel
  private let images: MadeImages

  /// The term.
  public init(_ loss: ClassifierLoss, of target: TargetModel, on images: MadeImages) {
    self.loss = loss
    self.target = target
    self.images = images
  }

  /// `classifier`.
  public var name: String { "classifier" }
  /// As the loss is; a top-k loss is not.
  public var isBoundedBelowByZero: Bool { loss.isBoundedBelowByZero }
  /// Images are judged one by one.
  public var isMeanOverExamples: Bool { true }
  /// The share of images that the target takes for their classes.
  public var measures: [String] { ["success"] }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError``; what target and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    let logits = try target.answers(to: images, in: step).logits
    let labels = step.batch.labels
    let hits = logits.detached().argmax(along: 1).equal(to: labels)
    step.measure("success", hits.to(.float64).mean().item)
    return try loss.losses(logits, labels: labels).mean()
  }
}
