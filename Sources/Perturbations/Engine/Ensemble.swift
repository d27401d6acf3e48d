import Torch

/// Several attacks, one after the other, each on the examples that still stand: the worst case is taken
/// example by example.
struct Ensemble {
  /// An attack, and what it is called in results.
  struct Stage {
    let name: String
    let attack: any Attack

    init(_ name: String, _ attack: any Attack) {
      self.name = name
      self.attack = attack
    }
  }

  let stages: [Stage]

  func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context, engine: AttackEngine,
    journal: AttackJournal?, progress: (@Sendable (AttackProgress) -> Void)?
  ) throws -> AttackResult {
    guard batch.count > 0 else { return Found(batch, isBroken: [], queries: 0).result }
    // Asked once: the attacks are told.
    let logits = try engine.logits(of: target, batch, context: context)
    let known = target.knowing(logits, of: batch)
    let isBroken = Target.isCorrect(logits, batch.labels.to(.cpu)).not().values(as: Bool.self)
    var found = Found(batch, isBroken: isBroken, queries: target.samples)
    for (number, stage) in stages.enumerated() where !found.standing.isEmpty {
      // What the attacks before spent of a budget is gone.
      guard let target = try known.limited(after: found.mostSpent) else { break }
      let (count, examples) = (stages.count, batch.count)
      let brokenBefore = examples - found.standing.count
      let result = try engine.run(
        stage.attack, on: target, batch.selecting(found.standing), within: ball, context: context,
        journal: try journal?.stage("\(number + 1)-\(stage.name)"),
        progress: { part in
          var part = part
          (part.stage, part.stageNumber, part.stageCount) = (stage.name, number + 1, count)
          (part.examples, part.brokenBefore) = (examples, brokenBefore)
          progress?(part)
        })
      found.add(result, as: stage.name)
    }
    return found.result
  }

  /// What was found so far, and which positions of the batch still stand.
  private struct Found {
    var result: AttackResult
    var standing: [Int]

    init(_ batch: Batch, isBroken: [Bool], queries: Int) {
      let zeros = Array(repeating: 0, count: batch.count)
      result = AttackResult(
        indices: batch.indices, adversarial: batch.inputs.to(.cpu), success: isBroken,
        distance: isBroken.map { $0 ? 0 : nil }, iterations: zeros,
        queries: zeros.map { _ in queries }, gradients: zeros,
        brokenBy: isBroken.map { $0 ? "clean" : nil })
      standing = isBroken.indices.filter { !isBroken[$0] }
    }

    /// The most passes that were spent on an example that stands.
    var mostSpent: Int { standing.map { result.queries[$0] }.max() ?? 0 }

    mutating func add(_ part: AttackResult, as name: String) {
      for (row, position) in standing.enumerated() {
        result.success[position] = part.success[row]
        result.distance[position] = part.distance[row]
        result.iterations[position] += part.iterations[row]
        result.queries[position] += part.queries[row]
        result.gradients[position] += part.gradients[row]
        result.brokenBy[position] = part.success[row] ? name : nil
      }
      let positions = Tensor(standing)
      result.adversarial = result.adversarial.replacing(
        at: [positions], with: part.adversarial.to(.cpu))
      standing = standing.filter { !result.success[$0] }
    }
  }
}
