import Torch

/// The values that images of some data can have, which models see as [-1, 1].
public struct PixelRange: Sendable, Codable, Equatable {
  /// The lowest value.
  public var low: Double
  /// The highest value, above the lowest.
  public var high: Double

  /// A range; that of images by default.
  public init(low: Double = 0, high: Double = 1) {
    self.low = low
    self.high = high
  }

  /// Images of the data as models see them.
  public func scaled(_ images: Tensor) -> Tensor { (images - low) * (2 / (high - low)) - 1 }

  /// Images of a model as images of the data, values outside cut off, float32.
  public func pictures(_ images: Tensor) -> Tensor {
    ((images.detached() + 1) * ((high - low) / 2) + low).clamped(to: low...high).to(.float32)
  }

  func validate() throws(DiffusionError) {
    try DiffusionError.require(
      low < high && (high - low).isFinite, "range", "\(low)...\(high)",
      "from a finite number to a higher one")
  }
}
