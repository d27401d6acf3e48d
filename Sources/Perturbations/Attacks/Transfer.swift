import Torch

/// Examples that were made for one model, asked of another.
///
/// Papernot et al., "Practical black-box attacks against machine learning", ASIA CCS 2017. The attack runs
/// on the surrogate, and the real target is asked about what it found, broken or not, once for every
/// example. An attack that goes on after the surrogate fails (`stopsEarly` off) transfers better.
/// It is in no list by name, since it needs a surrogate.
public struct Transfer: Attack {
  /// The model that the attack runs on, with as many classes as the real one.
  public var surrogate: Target
  /// The attack on the surrogate, with its own goal.
  public var attack: any Attack
  /// What counts as a success with the real target.
  public var goal: Goal

  /// The attack.
  public init(surrogate: Target, attack: any Attack, goal: Goal = .untargeted) {
    self.surrogate = surrogate
    self.attack = attack
    self.goal = goal
  }

  /// `transfer`.
  public static let about = AttackDescription(
    name: "transfer", summary: "Examples made for a surrogate, asked of the real model.",
    kind: .withoutGradients, norms: ["linf", "l2", "l1"],
    cost: "1 forward pass, beside what the attack on the surrogate costs",
    source: """
      Papernot et al., "Practical black-box attacks against machine learning", ASIA CCS 2017
      """)

  /// The goal, and the attack on the surrogate for reports.
  public static let options: [AttackOption<Transfer>] = [
    AttackOption(goal: \.goal),
    AttackOption(
      "attack", allowed: "set where the attack is made",
      "The attack on the surrogate, with its settings."
    ) { transfer in
      let settings = transfer.attack.settings.map { "\($0.name)=\($0.value)" }
      return ([transfer.attack.name] + settings).joined(separator: " ")
    } change: { _, _ in
      false
    },
  ]

  /// Attacks the surrogate, then asks the target.
  ///
  /// Queries are those of the real target alone; gradients, none.
  ///
  /// - Throws: ``PerturbationError/surrogate(classes:target:)`` for a surrogate with another number of
  ///   classes; what the attack on the surrogate throws.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    guard surrogate.classCount == target.classCount else {
      throw PerturbationError.surrogate(classes: surrogate.classCount, target: target.classCount)
    }
    try attack.validate(for: ball)
    var search = try Search(target, batch, within: ball, goal: goal)
    guard !search.isOver else { return search.result() }
    // All of them: what an example needs on the surrogate is not to depend on the others.
    let found = try attack.run(on: surrogate, batch, within: ball, context: context).adversarial
    let candidates = found.to(search.centers.device).selecting(rows: search.active)
    _ = try search.ask(search.perturbation(of: candidates))
    return search.result()
  }
}
