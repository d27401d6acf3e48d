import Foundation

/// Why a 1-Lipschitz layer cannot be made.
public enum LipschitzError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// There is no proof for what the layer does beyond an edge of an image.
  case padding(ConvolutionPadding, layer: String)
  /// The layer is not made for a kernel and stride.
  case kernel(Int, stride: Int, layer: String, allowed: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .padding(let mode, let layer): "there is no proof for \(layer) with \(mode) padding"
    case .kernel(let kernel, let stride, let layer, let allowed):
      "\(layer) cannot have a kernel of \(kernel) with a stride of \(stride), only \(allowed)"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .padding: "pad with zeros or circularly, or use SpectralConv2D, which counts any padding"
    case .kernel: nil
    }
  }

  /// Checks a padding of layers whose proof is about images on a ring: an image surrounded by zeros lies on
  /// a larger one.
  static func check(
    _ mode: ConvolutionPadding, _ padding: Int, layer: String
  ) throws(LipschitzError) {
    guard padding == 0 || mode == .zeros || mode == .circular else {
      throw .padding(mode, layer: layer)
    }
  }
}
