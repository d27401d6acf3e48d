import Torch

/// One perturbation for all examples.
///
/// Moosavi-Dezfooli et al., "Universal adversarial perturbations", CVPR 2017, found by projected ascent on
/// the mean loss of mini-batches (Shafahi et al., "Universal adversarial training", AAAI 2020, algorithm
/// 2): it climbs what is reported, where the first paper adds up shortest perturbations of single examples
/// in an order that decides the result. The loss of an example stops counting at ``lossLimit``, so that
/// none outweighs all others, and steps shrink to zero. Of the perturbations after each epoch, that which
/// breaks the most of the examples it was fitted on is taken.
///
/// The result holds one entry for every example: the same perturbation, but for box, mask and domain. It
/// depends on all examples it was fitted on, ``fittedIndices(of:)``, but neither on their order nor on the
/// number of workers. Judge by the others.
public struct UniversalPerturbation: CompositeAttack {
  /// How often all examples are gone through, at least 1.
  public var epochs: Int
  /// How many examples a step looks at, at least 1.
  public var batchSize: Int
  /// The length of the first step, in radii; the last steps are near zero.
  public var stepShare: Double
  /// The share of the examples that it is fitted on, those with the lowest indices first; above 0.
  public var fitShare: Double
  /// What is climbed.
  public var loss: AttackLoss
  /// From where on an example's loss counts no more.
  public var lossLimit: Double
  /// What the attack is after.
  public var goal: Goal

  /// The attack.
  public init(
    epochs: Int = 10, batchSize: Int = 100, stepShare: Double = 0.25, fitShare: Double = 1,
    loss: AttackLoss = .crossEntropy, lossLimit: Double = 9, goal: Goal = .untargeted
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.stepShare = stepShare
    self.fitShare = fitShare
    self.loss = loss
    self.lossLimit = lossLimit
    self.goal = goal
  }

  /// `universal`.
  public static let about = AttackDescription(
    name: "universal", summary: "One perturbation for all examples.", kind: .universal,
    norms: ["linf", "l2", "l1"],
    cost: "2 * epochs + 3 forward and epochs backward passes for examples it is fitted on, else 2",
    source: """
      Moosavi-Dezfooli et al., "Universal adversarial perturbations", CVPR 2017; Shafahi et al., \
      "Universal adversarial training", AAAI 2020
      """)

  /// All settings.
  public static let options: [AttackOption<UniversalPerturbation>] = [
    AttackOption("epochs", \.epochs, "How often all examples are gone through."),
    AttackOption("batchSize", \.batchSize, "How many examples a step looks at."),
    AttackOption(
      "stepShare", \.stepShare, in: 1e-6...10, "The length of the first step, in radii."),
    AttackOption(
      "fitShare", \.fitShare, in: 1e-6...1,
      "The share of the examples that it is fitted on, lowest indices first."),
    AttackOption(loss: \.loss),
    AttackOption(
      "lossLimit", \.lossLimit, in: -1e9...1e9, "From where on an example's loss counts no more."),
    AttackOption(goal: \.goal),
  ]

  /// The indices of the examples of a batch that the perturbation is fitted on, in order.
  public func fittedIndices(of batch: Batch) -> [Int] {
    Array(batch.indices.sorted().prefix(fittedCount(batch.count)))
  }

  private func fittedCount(_ count: Int) -> Int {
    min(count, Int((fitShare * Double(count)).rounded(.up)))
  }

  /// Finds the perturbation and asks the model about every example with it.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context, engine: AttackEngine,
    journal: AttackJournal?, progress: (@Sendable (AttackProgress) -> Void)?
  ) throws -> AttackResult {
    try validate(for: ball)
    if let stored = try journal?.result(of: batch) { return stored }
    // By index, so that the order of the batch has no influence on sums.
    let order = batch.indices.indices.sorted { batch.indices[$0] < batch.indices[$1] }
    let sorted = batch.selecting(order)
    let fitted = sorted.slice(0..<fittedCount(batch.count), on: context.device)
    var fit = try UniversalFit(self, target, fitted, ball, context)
    try fit.run { fitted, broken in
      progress?(AttackProgress(stage: name, done: fitted, total: batch.count, broken: broken))
    }
    var result = try judged(fit, target, sorted, ball, context, engine)
    result.brokenBy = result.success.map { $0 ? name : nil }
    try journal?.store(result)
    progress?(
      AttackProgress(
        stage: name, done: batch.count, total: batch.count,
        broken: result.success.filter { $0 }.count))
    return result.reordered(to: batch.indices)
  }

  private func judged(
    _ fit: UniversalFit, _ target: Target, _ batch: Batch, _ ball: Ball, _ context: Context,
    _ engine: AttackEngine
  ) throws -> AttackResult {
    // The fit has kept to the budget and left two passes for every example.
    let target = fit.isEmpty ? target : try target.limited(toQueries: .max)
    let (perturbation, goal) = (fit.best, goal)
    let parts = try engine.map(batch, context: context) { chunk in
      var search = try Search(target, chunk, within: ball, goal: goal)
      guard !search.isOver else { return search.result() }
      _ = try search.ask(search.origin + perturbation)
      return search.result()
    }
    guard !parts.isEmpty else { return try Search(target, batch, within: ball).result() }
    var result = AttackResult.joined(parts)
    for (position, spent) in fit.spent.enumerated() {
      result.iterations[position] += spent.gradients
      result.queries[position] += spent.queries
      result.gradients[position] += spent.gradients
    }
    return result
  }
}

extension AttackResult {
  /// The same entries in the order of some indices, which must be the same ones.
  fileprivate func reordered(to wanted: [Int]) -> AttackResult {
    let places = Dictionary(zip(indices, indices.indices)) { first, _ in first }
    let rows = wanted.compactMap { places[$0] }
    return AttackResult(
      indices: rows.map { indices[$0] }, adversarial: adversarial.selecting(rows: rows),
      success: rows.map { success[$0] }, distance: rows.map { distance[$0] },
      iterations: rows.map { iterations[$0] }, queries: rows.map { queries[$0] },
      gradients: rows.map { gradients[$0] }, brokenBy: rows.map { brokenBy[$0] })
  }
}
