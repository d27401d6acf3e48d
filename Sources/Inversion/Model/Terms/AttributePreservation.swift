import Torch
import Training

/// `L_attr`: how differently made images show their faces from public source images (``AttributeReader``).
public struct AttributePreservation: ImageTerm {
  private let reader: AttributeReader
  private let images: MadeImages
  private let sources: SourceImages

  /// The term.
  public init(
    by reader: AttributeReader, on images: MadeImages, sources: SourceImages = .examples
  ) {
    self.reader = reader
    self.images = images
    self.sources = sources
  }

  /// `attributes`.
  public var name: String { "attributes" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }
  /// Images are compared one by one.
  public var isMeanOverExamples: Bool { true }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError``; what reader and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    try reader.losses(images.images(in: step), sources: sources.images(in: step)).mean()
  }
}
