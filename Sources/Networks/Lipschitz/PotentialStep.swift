import Torch

/// A step down a convex potential with plain weights: `x - 2 Wᵀ (t relu(W x + b))`, with a step length `t`
/// for every unit. Features are `[N, D]`.
///
/// ``ConvexPotentialLinear`` and ``SemidefiniteLinear`` become this when frozen.
public final class PotentialStep: Layer {
  /// The weight, `[units, D]`.
  @Parameter public var weight: Tensor
  /// The bias, `[units]`.
  @Parameter public var bias: Tensor
  /// The step length of every unit, `[units]`.
  @Parameter public var steps: Tensor

  /// A layer with these weights.
  public init(weight: Tensor, bias: Tensor, steps: Tensor) {
    _weight = Parameter(wrappedValue: weight.detached())
    _bias = Parameter(wrappedValue: bias.detached())
    _steps = Parameter(wrappedValue: steps.detached())
  }

  /// Takes the step.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    Self.step(input, weight, bias, steps)
  }

  static func step(_ input: Tensor, _ weight: Tensor, _ bias: Tensor, _ steps: Tensor) -> Tensor {
    let units = input.linear(weight, bias: bias).relu() * steps
    return input - units.linear(weight.transposed()) * 2
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    units = torch.relu(torch.linear(x, self.weight, self.bias)) * self.steps
    return x - torch.linear(units, torch.t(self.weight)) * 2
    """
  }
}
