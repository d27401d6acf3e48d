import Torch
import Training

/// `L_div`: that made images of one class are not all the same (``DiversityLoss``), in the features of a
/// perceptual distance.
public struct DiversityKeeping: ImageTerm {
  private let loss: DiversityLoss
  private let distance: PerceptualDistance
  private let images: MadeImages

  /// The term.
  public init(_ loss: DiversityLoss, by distance: PerceptualDistance, on images: MadeImages) {
    self.loss = loss
    self.distance = distance
    self.images = images
  }

  /// `diversity`.
  public var name: String { "diversity" }
  /// It is a hinge.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the classes of the batch that have two images at least.
  ///
  /// - Throws: ``InversionError``; what distance and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    let made = try images.images(in: step)
    let variances = try DiversityLoss.variances(
      of: made, labels: step.batch.labels.values(as: Int.self), by: distance)
    return loss.mean(of: variances)
  }
}
