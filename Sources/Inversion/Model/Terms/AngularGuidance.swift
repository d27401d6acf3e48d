import Torch
import Training

/// ``AngularRivals`` on the target's features of made images and the weights of its last layer.
public struct AngularGuidance: ImageTerm {
  /// The loss.
  public let loss: AngularRivals
  private let target: TargetModel
  private let images: MadeImages

  /// The term.
  public init(_ loss: AngularRivals, of target: TargetModel, on images: MadeImages) {
    self.loss = loss
    self.target = target
    self.images = images
  }

  /// `angular-margin`.
  public var name: String { "angular-margin" }
  /// It is a hinge.
  public var isBoundedBelowByZero: Bool { true }
  /// Images are judged one by one.
  public var isMeanOverExamples: Bool { true }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError``; what target and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    let features = try target.answers(to: images, in: step).features
    let cosines = try AngularRivals.cosines(of: features, with: target.directions)
    return try loss.losses(cosines, labels: step.batch.labels).mean()
  }
}
