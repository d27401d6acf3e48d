import Torch

/// Random points of the ball: the weakest attack, and the one that any other must beat.
public struct UniformNoise: Attack {
  /// How many points are tried for every example.
  public var draws: Int

  /// The attack.
  public init(draws: Int = 10) { self.draws = draws }

  /// `noise`.
  public var name: String { "noise" }
  /// The number of draws.
  public var settings: [(name: String, value: String)] { [("draws", "\(draws)")] }

  /// Draws points until one makes the model fail.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try Draws(count: draws, purpose: "noise.uniform").run(on: target, batch, ball, context) {
      ball.randomPerturbations(like: $0, streams: &$1)
    }
  }
}
