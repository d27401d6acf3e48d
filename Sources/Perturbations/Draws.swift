import Torch

/// What random attacks share: draw, limit, ask the model, keep what breaks it.
struct Draws {
  let count: Int
  let purpose: String

  func run(
    on target: Target, _ batch: Batch, _ ball: Ball, _ context: Context,
    perturbation: (Tensor, inout [RandomStream]) -> Tensor
  ) throws -> AttackResult {
    guard count >= 1 else {
      throw PerturbationError.setting(name: "draws", value: Double(count), allowed: "at least 1")
    }
    try PerturbationError.requireNumbers(batch.inputs)
    return try withoutGradients {
      let clean = try target.logits(batch.inputs)
      let broken = Target.isCorrect(clean, batch.labels).not().values(as: Bool.self)
      var search = Search(batch, ball: ball, isBroken: broken, stopsEarly: true)
      for draw in 0..<count where !search.active.isEmpty {
        // The draw is part of the purpose, so that more draws extend fewer.
        var streams = context.streams("\(purpose).\(draw)", examples: search.indices)
        let centers = search.centers
        let candidates = ball.project(
          centers + perturbation(centers, &streams), around: centers)
        let logits = try target.logits(candidates)
        let losses = AttackLoss.margin(logits, labels: search.labels, targets: nil)
        _ = search.record(
          candidates, losses: losses, isBroken: Target.isCorrect(logits, search.labels).not())
      }
      return search.result()
    }
  }
}
