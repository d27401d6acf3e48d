import Networks
import Torch

/// A layer that multiplies features `[N, D]` with a matrix and adds a bias: at the end of a network its rows
/// give every pair of classes a bound of their own.
public protocol AffineLayer: Layer {
  /// The matrix as it acts now, `[K, D]`.
  var affineWeight: Tensor { get }
  /// The bias, `[K]`, where there is one.
  var affineBias: Tensor? { get }
}

extension Linear: AffineLayer {
  /// The weight.
  public var affineWeight: Tensor { weight }
  /// The bias.
  public var affineBias: Tensor? { bias?.value }
}

/// The affine map that ends a network: its last linear layer with the normalisation of logits behind it.
///
/// A difference of two logits is one affine function of what comes before, whose weight is the
/// difference of two rows. Bounds on it are never wider than the difference of two bounds.
package struct AffineHead {
  /// The weight, `[K, D]`, float64.
  package let weight: Tensor
  /// The bias, `[K]`, float64.
  package let bias: Tensor
  /// How large the parts are that the bias is the sum of, `[K]`: what rounding depends on.
  let biasMagnitude: Tensor

  /// Takes the head off a network's layers.
  ///
  /// - Parameter stages: the layers; those before the head remain.
  /// - Returns: `nil`, and all layers remain, for networks that do not end so.
  package init?(takenFrom stages: inout [any Layer]) {
    var rest = stages
    var norms: [BatchNorm] = []
    while let last = rest.last {
      if let norm = last as? BatchNorm {
        norms.append(norm)
      } else if !(last is Dropout || last is GaussianNoiseLayer) {
        break
      }
      rest.removeLast()
    }
    guard let layer = rest.popLast() as? any AffineLayer else { return nil }
    var weight = layer.affineWeight.detached().to(.float64)
    var bias =
      layer.affineBias?.detached().to(.float64)
      ?? .zeros([weight.size(0)], dtype: .float64, device: weight.device)
    var magnitude = bias.abs()
    for norm in norms.reversed() {
      let affine = norm.affine
      weight = weight * affine.scale.unsqueezed(1)
      bias = bias * affine.scale + affine.offset
      magnitude = magnitude * affine.scale.abs() + affine.offsetMagnitude
    }
    let isSign = weight.size(0) == 1
    self.weight = isSign ? Self.signLogits(weight) : weight
    self.bias = isSign ? Self.signLogits(bias) : bias
    biasMagnitude = isSign ? Self.signLogits(magnitude).abs() : magnitude
    stages = rest
  }

  /// One output `f`, whose sign decides between two classes, as the logits `(-f / 2, f / 2)`.
  private static func signLogits(_ row: Tensor) -> Tensor {
    .concatenated([row * -0.5, row * 0.5])
  }

  /// The number of features before the head, D.
  var featureCount: Int { weight.size(1) }
}

extension BatchNorm {
  /// What the layer does in evaluation mode, channel by channel, in float64: `scale * x + offset`.
  var affine: (scale: Tensor, offset: Tensor, offsetMagnitude: Tensor) {
    let deviation = (runningVar.to(.float64) + epsilon).sqrt()
    let scale = weight.detached().to(.float64) / deviation
    let bias = bias.detached().to(.float64)
    let mean = runningMean.to(.float64)
    return (scale, bias - mean * scale, bias.abs() + (mean * scale).abs())
  }
}

extension Tensor {
  /// One number a channel, in a shape that broadcasts over `[N, C, …]`.
  func perChannel(rank: Int) -> Tensor {
    reshaped([1, -1] + Array(repeating: 1, count: rank - 2))
  }
}
