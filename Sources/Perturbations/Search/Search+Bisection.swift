import Torch

/// The way from what was found back to the boundary.
extension Search {
  /// Halves the way between clean inputs and points on the wrong side.
  ///
  /// - Returns: points on the wrong side, `2^-steps` of the way from right ones, for the examples that
  ///   are still active.
  mutating func bisect(
    _ points: Tensor, steps: Int, countsIteration: Bool = true
  ) throws -> Tensor {
    var points = points
    var low = Tensor.zeros(like: ball.norm.length(of: points))
    var high = Tensor.ones(like: low)
    for _ in 0..<steps where !isOver {
      let middle = (low + high) * 0.5
      let answer = try ask(blended(points, middle), countsIteration: countsIteration)
      points = points.keeping(answer.staying)
      (low, high) = (low.keeping(answer.staying), high.keeping(answer.staying))
      let kept = middle.keeping(answer.staying)
      high = kept.where(answer.isBroken, else: high)
      low = low.where(answer.isBroken, else: kept)
    }
    return blended(points, high)
  }

  /// The point at a share of the way: shorter, or in the maximum norm with features cut off.
  private func blended(_ points: Tensor, _ share: Tensor) -> Tensor {
    let share = share.broadcastable(toRank: points.rank)
    guard ball.norm is LInf else { return points * share }
    let limit = ball.norm.length(of: points).broadcastable(toRank: points.rank) * share
    return points.clamped(from: -limit, through: limit)
  }

  /// Shortens the perturbations that were found: steps from the clean input onto the boundary as it looks
  /// from them, and then the way back towards the clean input, halved.
  ///
  /// Where the boundary is flat one step is exact. Nothing becomes longer, since a search only remembers what
  /// is shorter. Examples that an attack is done with, being broken inside the radius, are left alone, and so
  /// are numbers of features.
  ///
  /// - Parameters:
  ///   - steps: onto the boundary, a gradient and two passes each.
  ///   - halvings: of the way back, a pass each.
  mutating func polish(steps: Int = 2, halvings: Int = 10) throws {
    guard !(ball.norm is L0) else { return }
    restart()
    reduce(to: active.indices.filter { memory.isBroken[active[$0]] })
    for _ in 0..<steps where !isOver {
      let from = best
      let slope = try climb(from, .margin, countsIteration: false)
      guard !isOver else { return }
      let along = (slope.gradient * from.keeping(slope.staying)).examplesFlattened.sum(along: 1)
      let onto = ball.norm.shortestStep(
        along: slope.gradient, by: along - slope.losses + confidence, within: room)
      // A little beyond the boundary, which bends.
      let beyond = onto * 1.01
      _ = try ask(room?.clip(beyond) ?? beyond, countsIteration: false)
    }
    guard !isOver else { return }
    _ = try bisect(best, steps: halvings, countsIteration: false)
  }
}
