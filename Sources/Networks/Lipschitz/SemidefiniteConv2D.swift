import Torch

/// A 1-Lipschitz residual layer of convolutions with a step length for every unit:
/// `x - 2 Wᵀ T relu(W x + b)`, `[N, C, H, W]`.
///
/// Araujo et al., "A unified algebraic perspective on Lipschitz neural networks", ICLR 2023 (SLL), with the
/// sums of absolute values of the kernel's correlations in place of those of a Gram matrix.
public final class SemidefiniteConv2D: ConstrainedLayer {
  /// The kernel, `[units, C, k, k]`.
  @Parameter public var weight: Tensor
  /// The bias, `[units]`.
  @Parameter public var bias: Tensor
  /// The logarithms of `q`, `[units]`.
  @Parameter public var scale: Tensor
  private let isCircular: Bool

  /// A layer with random weights.
  ///
  /// - Throws: ``LipschitzError`` for even kernels and for other padding than zeros and circular.
  public init(
    _ channels: Int, units: Int? = nil, kernel: Int = 3, mode: ConvolutionPadding = .zeros,
    using generator: Generator
  ) throws(LipschitzError) {
    try LipschitzError.check(mode, kernel / 2, layer: "SemidefiniteConv2D")
    guard kernel % 2 == 1 else {
      throw .kernel(kernel, stride: 1, layer: "SemidefiniteConv2D", allowed: "odd kernels")
    }
    let count = units ?? channels
    _weight = Parameter(
      wrappedValue: Initialiser.xavierUniform.weight(
        [count, channels, kernel, kernel], using: generator))
    _bias = Parameter(wrappedValue: .zeros([count]))
    _scale = Parameter(wrappedValue: .zeros([count]))
    isCircular = mode == .circular
  }

  private var steps: Tensor {
    withPrecision(.float32, on: weight.device) {
      let sums = KernelCorrelation.sums(KernelCorrelation.outputs(weight))
      return SemidefiniteLinear.steps(sums: sums, scale: scale)
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
