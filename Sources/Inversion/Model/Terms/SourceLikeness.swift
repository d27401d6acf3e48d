import Torch
import Training

/// The layered `L_perc`: the perceptual distance of made images to public source images.
public struct SourceLikeness: ImageTerm {
  private let distance: PerceptualDistance
  private let images: MadeImages
  private let sources: SourceImages

  /// The term.
  public init(
    by distance: PerceptualDistance, on images: MadeImages, sources: SourceImages = .examples
  ) {
    self.distance = distance
    self.images = images
    self.sources = sources
  }

  /// `layers`.
  public var name: String { "layers" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }
  /// Images are compared one by one.
  public var isMeanOverExamples: Bool { true }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError``; what distance and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    try distance(images.images(in: step), sources.images(in: step)).mean()
  }
}
