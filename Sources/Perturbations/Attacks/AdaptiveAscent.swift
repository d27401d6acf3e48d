import Torch

/// One run of APGD: a random start, and the ascent for the norm.
struct AdaptiveAscent {
  /// The number of gradient steps.
  let steps: Int
  /// The share of steps that must raise the loss between two checkpoints, or the step is halved.
  let rho: Double
  /// Whether runs in L1 begin in three times the radius.
  let largerRadiiFirst: Bool
  /// What is climbed.
  let loss: AttackLoss

  /// Climbs from a random start.
  ///
  /// - Parameters:
  ///   - purpose: the name of the random streams.
  ///   - start: where to start instead, in the shape of the active examples.
  /// - Returns: the highest points on the way; `nil` when no example is left.
  @discardableResult
  func climb(
    _ search: inout Search, _ purpose: String, _ context: Context, start: Tensor? = nil
  ) throws -> Peak? {
    guard search.ball.norm is L1 else {
      return try HalvingAscent(steps: steps, rho: rho, loss: loss).climb(
        &search, from: start ?? surfacePoints(search, purpose, context))
    }
    let ascent = SparseAscent(steps: steps, loss: loss)
    return try ascent.climb(
      &search, from: start ?? sparsePoints(search, purpose, context), detour: largerRadiiFirst,
      isSparse: start != nil)
  }

  /// Random points of the full length, then limited to the room.
  private func surfacePoints(_ search: Search, _ purpose: String, _ context: Context) -> Tensor {
    let ball = search.ball
    var streams = context.streams(purpose, examples: search.indices)
    var points = ball.norm.randomPoints(
      Array(search.centers.shape.dropFirst()), radius: 1, dtype: search.centers.dtype,
      streams: &streams
    ).to(search.centers.device)
    if let mask = ball.mask { points = points * mask }
    return search.project(ball.norm.normalised(points) * ball.radius)
  }

  /// The points of the ball nearest to normal numbers: few features are not zero.
  private func sparsePoints(_ search: Search, _ purpose: String, _ context: Context) -> Tensor {
    var streams = context.streams(purpose, examples: search.indices)
    let points = Tensor.normal(
      Array(search.centers.shape.dropFirst()), dtype: search.centers.dtype, perExample: &streams
    ).to(search.centers.device)
    return search.project(
      points, radius: SparseAscent.startRadius(search.ball, detour: largerRadiiFirst))
  }
}
