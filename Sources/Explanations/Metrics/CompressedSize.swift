import CJPEG
import Perturbations
import Torch

/// How many kilobytes a map has as a grey JPEG file: few for a map that is quickly told (the complexity of
/// Serrurier et al., "On the explainable properties of 1-Lipschitz neural networks", NeurIPS 2023).
///
/// The paper does not say how maps become pictures. Here channels are averaged, and of every map the least
/// value becomes black and the largest white, in steps that are linear and rounded; a constant map is black.
/// The file is libjpeg's: one channel, baseline, with its usual tables.
public struct CompressedSize: ExplanationMetric {
  /// The quality of the file, from 1 to 100.
  public var quality: Int

  /// A metric, with the quality that libjpeg itself takes.
  public init(quality: Int = 75) { self.quality = quality }

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: "jpeg-size", summary: "Kilobytes of the map as a grey JPEG file: low for simple maps.",
      isHigherBetter: false, cost: "nothing", source: "Serrurier et al., NeurIPS 2023")
  }

  /// Thousands of bytes for every example; not a number for maps that are not all numbers.
  ///
  /// - Throws: ``ExplanationError`` for inputs that are no pictures, and qualities that there are not.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    guard 1...100 ~= quality else {
      throw ExplanationError.setting(
        name: "the quality", value: Double(quality), allowed: "from 1 to 100")
    }
    let maps = result.maps.rank == 4 ? result.maps.mean(along: 1) : result.maps
    guard maps.rank == 3 else {
      throw ExplanationError.needsPictures(
        method: about.name, shape: Array(batch.inputs.shape.dropFirst()))
    }
    return try (0..<maps.size(0)).map { row in
      let values = maps[row].values(as: Double.self)
      guard let pixels = Self.pixels(values) else { return .nan }
      return Double(try bytes(pixels, width: maps.size(2), height: maps.size(1))) / 1000
    }
  }

  /// Values as bytes from black to white; `nil` where they are not all numbers.
  static func pixels(_ values: [Double]) -> [UInt8]? {
    guard let least = values.min(), let largest = values.max(), values.allSatisfy(\.isFinite),
      (largest - least).isFinite
    else { return nil }
    guard largest > least else { return values.map { _ in 0 } }
    return values.map { UInt8((($0 - least) / (largest - least) * 255).rounded()) }
  }

  private func bytes(_ pixels: [UInt8], width: Int, height: Int) throws -> Int {
    var count = 0
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CJPEG_MESSAGE_SIZE)) { text in
      text.initialize(repeating: 0)
      let code = cjpeg_grey_size(
        pixels, Int32(clamping: width), Int32(clamping: height), Int32(quality), &count,
        text.baseAddress)
      guard code == 0 else {
        throw ExplanationError.notEncoded(text.baseAddress.map { String(cString: $0) } ?? "")
      }
    }
    return count
  }
}
