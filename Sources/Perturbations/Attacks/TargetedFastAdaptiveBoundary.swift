import Torch

/// The fast adaptive boundary attack towards one class after the other: the classes the model finds most
/// likely on the clean example beside its own.
///
/// Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
/// parameter-free attacks", ICML 2020, section 5. Any wrong class is a success; a target only says
/// which boundary is approached, so that a step needs one backward pass and not one a class. To reach
/// one class, use ``FastAdaptiveBoundary`` with a goal.
public struct TargetedFastAdaptiveBoundary: Attack {
  /// How many classes are approached, K - 1 at most.
  public var targets: Int
  /// What is done for each.
  public var attack: FastAdaptiveBoundary

  /// The attack.
  public init(
    targets: Int = 9, steps: Int = 100, restarts: Int = 1, overshoot: Double = 1.05,
    retreat: Double = 0.9, bias: Double = 0.1, stopsEarly: Bool = true,
    polishes: Bool = true
  ) {
    self.targets = targets
    attack = FastAdaptiveBoundary(
      steps: steps, restarts: restarts, overshoot: overshoot, retreat: retreat, bias: bias,
      stopsEarly: stopsEarly, polishes: polishes)
  }

  /// `fab-t`.
  public static let about = AttackDescription(
    name: "fab-t", summary: "The fast adaptive boundary attack towards class after class.",
    kind: .minimumNorm, norms: FastAdaptiveBoundary.about.norms,
    cost: "2 steps forward and steps backward passes a restart and target",
    source: "Croce and Hein, \"Reliable evaluation of adversarial robustness\", ICML 2020")

  /// All settings.
  public static let options: [AttackOption<TargetedFastAdaptiveBoundary>] = [
    AttackOption("targets", \.targets, "How many classes are approached, K - 1 at most."),
    AttackOption("steps", \.attack.steps, "Steps of a restart."),
    AttackOption("restarts", \.attack.restarts, "How often to start, for every target."),
    AttackOption(
      "overshoot", \.attack.overshoot, in: 1...10,
      "By which factor steps lead beyond the boundary."),
    AttackOption(
      "retreat", \.attack.retreat, in: 0...1,
      "Which part of the perturbation is kept after a failure."),
    AttackOption(
      "bias", \.attack.bias, in: 0...1, "The largest weight of the step from the clean example."),
    AttackOption(stopsEarly: \.attack.stopsEarly), AttackOption(polishes: \.attack.polishes),
  ]

  /// Approaches target after target; what is broken inside the radius takes part no longer.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(
      target, batch, within: ball, aim: .shortest, stopsEarly: attack.stopsEarly)
    for rank in 0..<min(targets, target.classCount - 1) {
      for restart in 0..<attack.restarts {
        if rank + restart > 0 { search.restart() }
        guard !search.isOver else { break }
        let start =
          restart == 0
          ? search.origin
          : attack.randomStart(search, "fab-t.start.\(rank).\(restart)", context)
        let rival = search.rival(rank)
        try attack.approach(&search, from: start, rival: rival)
      }
    }
    if attack.polishes { try search.polish() }
    return search.result()
  }
}
