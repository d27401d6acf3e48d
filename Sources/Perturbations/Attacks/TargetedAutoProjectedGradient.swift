import Torch

/// APGD towards the likeliest wrong classes, one after the other, on the targeted difference of logits
/// ratio (APGD-T).
///
/// Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
/// parameter-free attacks", ICML 2020, section 5. An example is broken by any wrong class, and only examples
/// that still stand go on with the next class. The loss is that of equation 7, which needs four classes; see
/// ``AttackLoss/differenceOfLogitsRatio`` for fewer.
public struct TargetedAutoProjectedGradient: Attack {
  /// The number of gradient steps for every class.
  public var steps: Int
  /// How many classes are tried, in the order of the clean logits; all wrong ones where there are fewer.
  public var targetClasses: Int
  /// The share of steps that must raise the loss between two checkpoints, or the step is halved.
  public var rho: Double
  /// Whether runs in L1 begin in three times the radius and go on in twice the radius, with three tenths of
  /// the steps each; other norms do not look at it.
  public var largerRadiiFirst: Bool
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 100, targetClasses: Int = 9, rho: Double = 0.75, largerRadiiFirst: Bool = true,
    stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.targetClasses = targetClasses
    self.rho = rho
    self.largerRadiiFirst = largerRadiiFirst
    self.stopsEarly = stopsEarly
  }

  /// `apgd-t`.
  public static let about = AttackDescription(
    name: "apgd-t", summary: "APGD towards each of the likeliest wrong classes.",
    kind: .fixedBudget, norms: ["linf", "l2", "l1"],
    cost: "steps + 1 forward and steps backward passes a class",
    source: """
      Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse \
      parameter-free attacks", ICML 2020; "Mind the box", ICML 2021
      """)

  /// All settings.
  public static let options: [AttackOption<TargetedAutoProjectedGradient>] = [
    AttackOption("steps", \.steps, "Gradient steps for every class."),
    AttackOption("targetClasses", \.targetClasses, "How many wrong classes are tried."),
    AttackOption(rho: \.rho), AttackOption(largerRadiiFirst: \.largerRadiiFirst),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Climbs towards class after class.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(target, batch, within: ball, stopsEarly: stopsEarly)
    let ascent = AdaptiveAscent(
      steps: steps, rho: rho, largerRadiiFirst: largerRadiiFirst, loss: .differenceOfLogitsRatio)
    for rank in 0..<min(targetClasses, target.classCount - 1) where !search.isOver {
      if rank > 0 { search.restart() }
      guard !search.isOver else { break }
      search.head(for: search.rival(rank))
      try ascent.climb(&search, "apgd-t.start.\(rank)", context)
    }
    return search.result()
  }
}
