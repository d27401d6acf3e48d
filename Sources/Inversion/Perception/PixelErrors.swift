import Foundation
import Torch

/// How far reconstructions are from the images, pixel by pixel: one number an image of each kind.
public struct PixelErrors: Sendable, Equatable {
  /// The mean squared error.
  public let squared: [Double]
  /// The mean absolute error.
  public let absolute: [Double]
  /// The peak signal-to-noise ratio in decibels, for a peak of 1; infinite for equal images.
  public var peakSignalToNoise: [Double] { squared.map { $0 > 0 ? -10 * log10($0) : .infinity } }

  /// The errors of images in 0...1.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)`` for images of different shapes.
  public init(_ images: Tensor, to others: Tensor) throws(InversionError) {
    guard images.shape == others.shape, images.rank > 1 else {
      throw .counts(
        first: "images", count: images.shape.first ?? 0, second: "images to compare with",
        otherCount: others.shape.first ?? 0)
    }
    let difference = (images.detached().to(.float64) - others.detached().to(.float64))
      .flattened(from: 1)
    squared = difference.squared().mean(along: 1).values()
    absolute = difference.abs().mean(along: 1).values()
  }
}
