import Torch

/// Normal noise, limited to the ball.
public struct GaussianNoise: Attack {
  /// How many points are tried for every example.
  public var draws: Int
  /// The standard deviation of every feature; the radius of the ball when `nil`.
  public var standardDeviation: Double?

  /// The attack.
  public init(draws: Int = 10, standardDeviation: Double? = nil) {
    self.draws = draws
    self.standardDeviation = standardDeviation
  }

  /// `gaussian`.
  public var name: String { "gaussian" }
  /// The number of draws and the standard deviation.
  public var settings: [(name: String, value: String)] {
    [
      ("draws", "\(draws)"),
      ("standardDeviation", standardDeviation.map { "\($0)" } ?? "the radius"),
    ]
  }

  /// Draws points until one makes the model fail.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    let deviation = standardDeviation ?? ball.radius
    guard deviation >= 0, deviation.isFinite else {
      throw PerturbationError.setting(
        name: "standardDeviation", value: deviation, allowed: "zero or positive")
    }
    return try Draws(count: draws, purpose: "noise.gaussian").run(on: target, batch, ball, context)
    { inputs, streams in
      let shape = Array(inputs.shape.dropFirst())
      let noise = Tensor.normal(shape, dtype: inputs.dtype, perExample: &streams)
      return noise.to(inputs.device) * deviation
    }
  }
}
