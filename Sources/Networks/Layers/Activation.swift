import Torch

/// A function applied to every element.
public final class Activation: Layer {
  private let function: @Sendable (Tensor) -> Tensor
  /// The body of `forward` in TorchScript.
  public let scriptSource: String
  /// What is known of the function; `nil` when nothing is, so that nothing can be proven with it.
  public let curve: Curve?

  /// What is known of a function of one number, for those who prove something about a network.
  public struct Curve: Sendable, Equatable {
    /// Where the function stops to fall and starts to rise; minus infinity for one that never falls.
    public let turningPoint: Double
    /// A bound on the slope's absolute value everywhere: the Lipschitz constant.
    public let steepestSlope: Double

    /// A function that falls up to a place, rises from there, and is never steeper than a slope.
    public init(turningPoint: Double = -.infinity, steepestSlope: Double) {
      self.turningPoint = turningPoint
      self.steepestSlope = steepestSlope
    }
  }

  /// A function in Swift and as a TorchScript expression of `x`.
  public init(
    script expression: String, curve: Curve? = nil,
    _ function: @escaping @Sendable (Tensor) -> Tensor
  ) {
    self.function = function
    self.curve = curve
    scriptSource = "return \(expression)"
  }

  /// Applies the function.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { function(input) }

  /// The positive part.
  public static func relu() -> Activation {
    Activation(script: "torch.relu(x)", curve: Curve(steepestSlope: 1)) { $0.relu() }
  }
  /// `max(x, slope * x)`.
  public static func leakyReLU(slope: Double = 0.01) -> Activation {
    // Written out, since TorchScript has leaky_relu only inside a Python module.
    Activation(
      script: "torch.where(x > 0, x, x * \(slope))",
      curve: Curve(turningPoint: slope < 0 ? 0 : -.infinity, steepestSlope: max(1, abs(slope)))
    ) { $0.leakyRelu(slope: slope) }
  }
  /// The hyperbolic tangent.
  public static func tanh() -> Activation {
    Activation(script: "torch.tanh(x)", curve: Curve(steepestSlope: 1)) { $0.tanh() }
  }
  /// The logistic function.
  public static func sigmoid() -> Activation {
    Activation(script: "torch.sigmoid(x)", curve: Curve(steepestSlope: 0.25)) { $0.sigmoid() }
  }
  /// `x * sigmoid(x)`.
  public static func silu() -> Activation {
    Activation(
      script: "x * torch.sigmoid(x)",
      curve: Curve(turningPoint: -1.2784645427610738, steepestSlope: 1.0998394)
    ) { $0.silu() }
  }
  /// The Gaussian error linear unit.
  public static func gelu() -> Activation {
    // Its slope is largest at the square root of 2.
    Activation(
      script: "x * 0.5 * (1.0 + torch.erf(x * 0.7071067811865476))",
      curve: Curve(turningPoint: -0.7517915246935645, steepestSlope: 1.1289042)
    ) { $0.gelu() }
  }
  /// `log(1 + exp(x))`.
  public static func softplus() -> Activation {
    Activation(
      script: "torch.clamp_min(x, 0.0) + torch.log1p(torch.exp(-torch.abs(x)))",
      curve: Curve(steepestSlope: 1)
    ) { $0.softplus() }
  }
  /// The exponential linear unit.
  public static func elu() -> Activation {
    Activation(
      script: "torch.where(x > 0, x, torch.expm1(x))", curve: Curve(steepestSlope: 1)
    ) { $0.elu() }
  }
}
