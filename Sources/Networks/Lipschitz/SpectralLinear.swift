import Torch

/// An affine map with orthonormal rows, or columns where there are more outputs than inputs: `[…, in]` to
/// `[…, out]`. It lengthens nothing, and shortens nothing where it has columns.
///
/// Anil, Lucas and Grosse, "Sorting out Lipschitz function approximation", ICML 2019. The free weight is
/// divided by its largest singular value and orthonormalised by Björck's iteration, in training to all
/// weights differentiable. Biases start at 0.
public final class SpectralLinear: ConstrainedLayer {
  /// The free weight, `[out, in]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  /// Where the power iteration is: the direction in which the free weight is largest.
  @Buffer public var direction: Tensor

  /// A layer with a random orthogonal weight.
  public init(_ inputs: Int, _ outputs: Int, hasBias: Bool = true, using generator: Generator) {
    let shape = [outputs, inputs]
    _weight = Parameter(wrappedValue: Initialiser.orthogonal.weight(shape, using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
    _direction = Buffer(wrappedValue: SpectralWeight.direction(shape, using: generator))
  }

  /// Applies the map.
  ///
  /// A training pass multiplies examples with the free weight and with the factor that makes it
  /// orthonormal, where that is cheaper than multiplying the two.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard pass.isTraining else { return input.linear(orthonormalWeight, bias: bias?.value) }
    let found = SpectralWeight.factored(weight, direction: direction)
    if pass.updatesStatistics { direction = found.direction }
    let examples = input.count / max(1, weight.size(1))
    guard examples < max(weight.size(0), weight.size(1)) else {
      return input.linear(found.product, bias: bias?.value)
    }
    // The factor is symmetric.
    return found.isTall
      ? input.linear(found.factor).linear(found.matrix, bias: bias?.value)
      : input.linear(found.matrix).linear(found.factor, bias: bias?.value)
  }

  /// The weight as it acts now, `[out, in]`.
  public var orthonormalWeight: Tensor {
    SpectralWeight.orthonormal(weight, direction: direction).weight
  }

  /// A plain linear layer.
  public func materialised() -> any Layer {
    Linear(weight: orthonormalWeight, bias: bias?.value)
  }
}
