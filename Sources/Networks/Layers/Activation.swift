import Torch

/// A function applied to every element.
public final class Activation: Layer {
  private let function: @Sendable (Tensor) -> Tensor
  /// The body of `forward` in TorchScript.
  public let scriptSource: String

  /// A function in Swift and as a TorchScript expression of `x`.
  public init(script expression: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.function = function
    scriptSource = "return \(expression)"
  }

  /// Applies the function.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { function(input) }

  /// The positive part.
  public static func relu() -> Activation { Activation(script: "torch.relu(x)") { $0.relu() } }
  /// `max(x, slope * x)`.
  public static func leakyReLU(slope: Double = 0.01) -> Activation {
    // Written out, since TorchScript has leaky_relu only inside a Python module.
    Activation(script: "torch.where(x > 0, x, x * \(slope))") { $0.leakyRelu(slope: slope) }
  }
  /// The hyperbolic tangent.
  public static func tanh() -> Activation { Activation(script: "torch.tanh(x)") { $0.tanh() } }
  /// The logistic function.
  public static func sigmoid() -> Activation {
    Activation(script: "torch.sigmoid(x)") { $0.sigmoid() }
  }
  /// `x * sigmoid(x)`.
  public static func silu() -> Activation {
    Activation(script: "x * torch.sigmoid(x)") { $0.silu() }
  }
  /// The Gaussian error linear unit.
  public static func gelu() -> Activation {
    Activation(script: "x * 0.5 * (1.0 + torch.erf(x * 0.7071067811865476))") { $0.gelu() }
  }
  /// `log(1 + exp(x))`.
  public static func softplus() -> Activation {
    Activation(script: "torch.clamp_min(x, 0.0) + torch.log1p(torch.exp(-torch.abs(x)))") {
      $0.softplus()
    }
  }
  /// The exponential linear unit.
  public static func elu() -> Activation {
    Activation(script: "torch.where(x > 0, x, torch.expm1(x))") { $0.elu() }
  }
}
