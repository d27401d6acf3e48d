import Foundation
import Torch

extension PerceptualDistance {
  /// LPIPS as a user's TorchScript computes it.
  ///
  /// The file takes pairs of images `[N, 2, C, H, W]` in -1...1, the two beside each other in the second
  /// dimension, and returns `[N]` or `[N, 1, 1, 1]`. Images here are in 0...1 and are mapped.
  ///
  /// - Throws: `ScriptError` when the file is not TorchScript.
  public init(lpips url: URL, device: Device = .cpu) throws {
    let module = try ScriptModule(contentsOf: url, device: device)
    self.init(name: "LPIPS (\(url.lastPathComponent))") { images, others in
      let pairs = try attempt { Tensor.stacked([images, others], along: 1) * 2 - 1 }
      let distances = try module(pairs)
      guard distances.count == images.size(0) else {
        throw InversionError.counts(
          first: "distances", count: distances.count, second: "pairs", otherCount: images.size(0))
      }
      return distances.flattened()
    }
  }

  /// The distance by layers of a user's TorchScript, such as a VGG.
  ///
  /// - Parameters:
  ///   - layers: dotted names of modules whose outputs are `[N, C, h, w]`.
  ///   - weights: one a layer.
  /// - Throws: `ScriptError` when the file is not TorchScript;
  ///   ``InversionError/setting(name:value:allowed:)`` for a layer that the file does not have.
  public init(
    script url: URL, layers: [String], weights: [Double] = standardWeights, device: Device = .cpu
  ) throws {
    let module = try ScriptModule(contentsOf: url, device: device)
    guard layers.count == weights.count else {
      throw InversionError.counts(
        first: "layers", count: layers.count, second: "weights", otherCount: weights.count)
    }
    let known = try module.layerNames()
    let taps = try layers.map { layer in
      guard known.contains(layer), let tap = try ScriptTap(module, layer: layer) else {
        throw InversionError.setting(
          name: "layer", value: layer, allowed: "one of \(known.joined(separator: ", "))")
      }
      return tap
    }
    try self.init(
      name: "perceptual distance (\(layers.joined(separator: ", ")) of \(url.lastPathComponent))",
      weights: weights
    ) { images in
      try taps.map { try $0(images).features }
    }
  }
}
