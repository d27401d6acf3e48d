import Torch

/// What random attacks share: draw, limit, ask the model, keep what breaks it.
struct Draws {
  let count: Int
  let purpose: String
  let goal: Goal

  func run(
    on target: Target, _ batch: Batch, _ ball: Ball, _ context: Context,
    perturbation: (_ search: Search, _ streams: inout [RandomStream]) -> Tensor
  ) throws -> AttackResult {
    var search = try Search(target, batch, within: ball, goal: goal)
    for draw in 0..<count where !search.isOver {
      // The draw is part of the purpose, so that more draws extend fewer.
      var streams = context.streams("\(purpose).\(draw)", examples: search.indices)
      let candidates = perturbation(search, &streams).to(search.centers.device)
      _ = try search.ask(search.project(candidates))
    }
    return search.result()
  }
}
