import Torch

/// A 1-Lipschitz residual layer of convolutions, the step down a convex potential:
/// `x - 2 / |W|² Wᵀ relu(W x + b)`, `[N, C, H, W]`.
///
/// Meunier et al., "A dynamical system perspective for Lipschitz neural networks", ICML 2022 (CPL), with a
/// norm bounded from above (``ConvexPotentialLinear``).
public final class ConvexPotentialConv2D: ConstrainedLayer {
  /// The kernel, `[units, C, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[units]`.
  @Parameter public var bias: Tensor
  private let isCircular: Bool

  /// A layer with random weights.
  ///
  /// - Throws: ``LipschitzError`` for even kernels and for other padding than zeros and circular.
  public init(
    _ channels: Int, units: Int? = nil, kernel: Int = 3, mode: ConvolutionPadding = .zeros,
    using generator: Generator
  ) throws(LipschitzError) {
    try LipschitzError.check(mode, kernel / 2, layer: "ConvexPotentialConv2D")
    guard kernel % 2 == 1 else {
      throw .kernel(kernel, stride: 1, layer: "ConvexPotentialConv2D", allowed: "odd kernels")
    }
    let count = units ?? channels
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight(
        [count, channels, kernel, kernel], using: generator))
    _bias = Parameter(wrappedValue: .zeros([count]))
    isCircular = mode == .circular
  }

  private var steps: Tensor {
    withPrecision(.float32, on: weight.device) {
      let bound = KernelCorrelation.squaredNormBound(weight)
      return (bound + 1e-12).reciprocal().expanded([weight.size(0)])
    }
  }

  /// Takes the step.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    ConvolutionalPotentialStep.step(input, weight, bias, steps, isCircular: isCircular)
  }

  /// A plain step.
  public func materialised() -> any Layer {
    ConvolutionalPotentialStep(weight: weight, bias: bias, steps: steps, isCircular: isCircular)
  }
}
