import Torch

/// A step down a convex potential with a plain kernel: `x - 2 Wᵀ (t relu(W x + b))`, with a step length `t`
/// for every unit. Images are `[N, C, H, W]` and keep their size.
///
/// ``ConvexPotentialConv2D`` and ``SemidefiniteConv2D`` become this when frozen.
public final class ConvolutionalPotentialStep: Layer {
  /// The kernel, `[units, C, k, k]`, with an odd `k`.
  @Parameter public var weight: Tensor
  /// The bias, `[units]`.
  @Parameter public var bias: Tensor
  /// The step length of every unit, `[units]`.
  @Parameter public var steps: Tensor
  package let isCircular: Bool

  /// A layer with these weights.
  public init(weight: Tensor, bias: Tensor, steps: Tensor, isCircular: Bool) {
    _weight = Parameter(wrappedValue: weight.detached())
    _bias = Parameter(wrappedValue: bias.detached())
    _steps = Parameter(wrappedValue: steps.detached())
    self.isCircular = isCircular
  }

  /// Takes the step.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    Self.step(input, weight, bias, steps, isCircular: isCircular)
  }

  static func step(
    _ input: Tensor, _ weight: Tensor, _ bias: Tensor, _ steps: Tensor, isCircular: Bool
  ) -> Tensor {
    let border = weight.size(-1) / 2
    let shape = ConvolutionShape(padding: border, mode: isCircular ? .circular : .zeros)
    let units = shape.apply(weight, bias: bias, to: input).relu() * steps.reshaped(1, -1, 1, 1)
    // The transpose of a convolution is one with the kernel turned round.
    let turned = weight.transposed(0, 1).flipped(2, 3)
    return input - shape.apply(turned, bias: nil, to: units) * 2
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    let border = weight.size(-1) / 2
    let mode = ConvolutionPadding.circular
    func convolution(_ kernel: String, _ bias: String) -> String {
      let zeros = isCircular ? 0 : border
      return """
        \(isCircular ? mode.script(border) : "")\
        x = torch.conv2d(x, \(kernel), \(bias), [1, 1], [\(zeros), \(zeros)], [1, 1], 1)

        """
    }
    return """
      input = x
      \(convolution("self.weight", "self.bias"))\
      x = torch.relu(x) * torch.reshape(self.steps, [1, -1, 1, 1])
      turned = torch.flip(torch.transpose(self.weight, 0, 1), [2, 3])
      \(convolution("turned", "None"))\
      return input - x * 2
      """
  }
}
