import Torch

/// A 1-Lipschitz residual layer with a step length for every unit: `x - 2 Wᵀ T relu(W x + b)`, `[N, D]`.
///
/// Araujo et al., "A unified algebraic perspective on Lipschitz neural networks", ICLR 2023 (SLL):
/// `Tᵢ = 1 / Σⱼ |WWᵀ|ᵢⱼ qⱼ / qᵢ` with learned positive `q`, which makes `T⁻¹ - WWᵀ` positive semidefinite.
public final class SemidefiniteLinear: ConstrainedLayer {
  /// The weight, `[units, D]`.
  @Parameter public var weight: Tensor
  /// The bias, `[units]`.
  @Parameter public var bias: Tensor
  /// The logarithms of `q`, `[units]`.
  @Parameter public var scale: Tensor

  /// A layer with random weights.
  public init(_ features: Int, units: Int? = nil, using generator: Generator) {
    let count = units ?? features
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight([count, features], using: generator))
    _bias = Parameter(wrappedValue: .zeros([count]))
    _scale = Parameter(wrappedValue: .zeros([count]))
  }

  private var steps: Tensor {
    withPrecision(.float32, on: weight.device) {
      Self.steps(sums: weight.matmul(weight.transposed()).abs(), scale: scale)
    }
  }

  /// The step lengths for sums of absolute values, `[units, units]`.
  static func steps(sums: Tensor, scale: Tensor) -> Tensor {
    let q = scale.exp()
    let weighted = sums.matmul(q.unsqueezed(1)).squeezed(1) / q
    // A share of rounding, and no infinity for a unit without weights.
    return (weighted * (1 + 1e-5) + 1e-12).reciprocal()
  }

  /// Takes the step.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    PotentialStep.step(input, weight, bias, steps)
  }

  /// A plain step.
  public func materialised() -> any Layer {
    PotentialStep(weight: weight, bias: bias, steps: steps)
  }
}
