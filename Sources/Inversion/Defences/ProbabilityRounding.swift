import Torch

/// Probabilities rounded to some decimals, halves upwards, as a service may print them.
///
/// A classifier answers logits, so what is told are rounded probabilities as shares of their sum. Classes whose
/// probability rounds to zero have 1e-9; where all do, every class has the same.
public struct ProbabilityRounding: OutputDefence {
  /// The number of decimals.
  public let decimals: Int
  /// What gradients go through.
  public let slope: OutputSlope

  /// A rounding.
  ///
  /// - Parameter decimals: from 0 to 8; with 0 only a class with at least half of the probability is told.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(decimals: Int, slope: OutputSlope = .straightThrough) throws(InversionError) {
    guard 0...8 ~= decimals else {
      throw .setting(name: "decimals", value: "\(decimals)", allowed: "from 0 to 8")
    }
    self.decimals = decimals
    self.slope = slope
  }

  /// `probabilities to D decimals`.
  public var name: String { "probabilities to \(decimals) decimals" }
  /// Any number of classes.
  public func check(classCount: Int) throws(InversionError) {}

  /// Logarithms of rounded probabilities; their own gradients are zero.
  public func defend(_ logProbabilities: Tensor) -> Tensor {
    let steps = (0..<decimals).reduce(1.0) { steps, _ in steps * 10 }
    let probabilities = logProbabilities.detached().to(.float64).exp()
    // libtorch's own rounding goes to the even neighbour.
    let rounded = (probabilities * steps + 0.5).floor() / steps
    let logits = rounded.clamped(to: Self.least...).log().to(logProbabilities.dtype)
    // Of no slope, but with a history: an attack finds zeros, not an error.
    return answer(logProbabilities * 0 + logits, of: logProbabilities, slope: slope)
  }
}
