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
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let found = SpectralWeight.orthonormal(weight, direction: direction)
    if pass.updatesStatistics { direction = found.direction }
    return input.linear(found.weight, bias: bias?.value)
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
