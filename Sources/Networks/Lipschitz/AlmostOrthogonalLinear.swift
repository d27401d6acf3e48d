import Torch

/// An affine map whose columns are shortened until it lengthens nothing: `[…, in]` to `[…, out]`.
///
/// Prach and Lampert, "Almost-orthogonal layers for efficient general-purpose Lipschitz networks", ECCV
/// 2022 (AOL): column `i` of the free weight is divided by the root of `Σⱼ |WᵀW|ᵢⱼ`. There is nothing to
/// iterate.
public final class AlmostOrthogonalLinear: ConstrainedLayer {
  /// The free weight, `[out, in]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?

  /// A layer with a random orthogonal weight.
  public init(_ inputs: Int, _ outputs: Int, hasBias: Bool = true, using generator: Generator) {
    _weight = Parameter(
      wrappedValue: Initialiser.orthogonal.weight([outputs, inputs], using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
  }

  /// The weight as it acts now, `[out, in]`.
  public var shortenedWeight: Tensor {
    withPrecision(.float32, on: weight.device) {
      let sums = weight.transposed().matmul(weight).abs().sum(along: 0)
      return weight * (sums + 1e-12).rsqrt()
    }
  }

  /// Applies the map.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.linear(shortenedWeight, bias: bias?.value)
  }

  /// A plain linear layer.
  public func materialised() -> any Layer { Linear(weight: shortenedWeight, bias: bias?.value) }
}
