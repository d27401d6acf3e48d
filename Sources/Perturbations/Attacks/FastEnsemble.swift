import Torch

/// The attacks that break most in a second on a processor, one after the other: APGD with cross-entropy,
/// APGD with the ratio of differences of logits, Square.
///
/// Targeted attacks and FAB, which the published ensemble has besides, find little more in many times the
/// time; Documentation/Measurements.md has what each found, and how fast.
public struct FastEnsemble: CompositeAttack {
  /// The gradient steps of each of the two ascents.
  public var steps: Int
  /// The passes of the random search.
  public var queries: Int

  /// The ensemble.
  public init(steps: Int = 50, queries: Int = 1000) {
    self.steps = steps
    self.queries = queries
  }

  /// `fast`.
  public static let about = AttackDescription(
    name: "fast",
    summary: "APGD with two losses, then Square, in order of what they find in a second.",
    kind: .ensemble, norms: ["linf", "l2", "l1"],
    cost: "at most 2 * steps + queries forward and 2 * steps backward passes",
    source: """
      the attacks of Croce and Hein (ICML 2020) and Andriushchenko et al. (ECCV 2020); the order is ours
      """)

  /// Steps and queries.
  public static let options: [AttackOption<FastEnsemble>] = [
    AttackOption("steps", \.steps, "Gradient steps of each ascent."),
    AttackOption("queries", \.queries, "Passes of the random search."),
  ]

  /// Runs one attack after the other.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context, engine: AttackEngine,
    journal: AttackJournal?, progress: (@Sendable (AttackProgress) -> Void)?
  ) throws -> AttackResult {
    try Ensemble(stages: [
      .init("apgd-ce", AutoProjectedGradient(steps: steps)),
      .init("apgd-dlr", AutoProjectedGradient(steps: steps, loss: .differenceOfLogitsRatio)),
      .init("square", Square(queries: queries)),
    ]).run(
      on: target, batch, within: ball, context: context, engine: engine, journal: journal,
      progress: progress)
  }
}
