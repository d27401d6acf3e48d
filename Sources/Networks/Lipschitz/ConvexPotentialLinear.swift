import Torch

/// A 1-Lipschitz residual layer, the step down a convex potential: `x - 2 / |W|² Wᵀ relu(W x + b)`, `[N, D]`.
///
/// Meunier et al., "A dynamical system perspective for Lipschitz neural networks", ICML 2022 (CPL). The norm
/// is bounded from above by powers of the Gram matrix, differentiably; a power iteration, as the article has
/// it, comes from below and makes the layer lengthen.
public final class ConvexPotentialLinear: ConstrainedLayer {
  /// The weight, `[units, D]`.
  @Parameter public var weight: Tensor
  /// The bias, `[units]`.
  @Parameter public var bias: Tensor

  /// A layer with random weights.
  public init(_ features: Int, units: Int? = nil, using generator: Generator) {
    let count = units ?? features
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight([count, features], using: generator))
    _bias = Parameter(wrappedValue: .zeros([count]))
  }

  /// The step length of every unit, `[units]`: one over the bound on the squared norm.
  private var steps: Tensor {
    withPrecision(.float32, on: weight.device) {
      // A matrix is a convolution of single pixels.
      let kernel = weight.unsqueezed(2).unsqueezed(3)
      let bound = KernelCorrelation.squaredNormBound(kernel, squarings: 5)
      return (bound + 1e-12).reciprocal().expanded([weight.size(0)])
    }
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
