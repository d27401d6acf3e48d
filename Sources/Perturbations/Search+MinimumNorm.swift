import Torch

/// What attacks share that look for the shortest perturbation.
extension Search {
  /// The length of the longest perturbation that stays in the box, for every active example, `[n]`;
  /// infinite without a box.
  var reach: Tensor {
    let infinite = Tensor.full([count], .infinity, dtype: centers.dtype).to(centers.device)
    guard let room, ball.box != nil else { return infinite }
    let length = ball.norm.length(of: room.high.maximum(-room.low))
    return length.where(length.isFinite, else: infinite)
  }

  /// Gradients at Euclidean length 1; where one is zero, a random direction, since staying would be to
  /// give up.
  func direction(_ gradient: Tensor, _ purpose: String, _ context: Context) -> Tensor {
    let unit = L2().steepest(gradient)
    let isFlat = unit.examplesFlattened.equal(to: 0).all(along: 1)
    guard isFlat.any else { return unit }
    var streams = context.streams(purpose, examples: indices)
    var noise = Tensor.normal(
      Array(centers.shape.dropFirst()), dtype: centers.dtype, perExample: &streams
    ).to(centers.device)
    if let mask = ball.mask { noise = noise * mask }
    return L2().steepest(noise).where(isFlat.broadcastable(toRank: unit.rank), else: unit)
  }

  /// Asks about one candidate for every active example, with the class whose linearised boundary is
  /// the nearest.
  ///
  /// - Parameter rivals: the classes that are looked at, `[n, M]`: as many backward passes.
  /// - Returns: as losses, that class's logit less the example's own, and their gradient.
  mutating func nearestBoundary(
    _ perturbation: Tensor, rivals: Tensor, countsIteration: Bool = true
  ) throws -> Answer {
    let candidates = inputs(perturbation)
    let (own, dual, rank) = (labels, ball.norm.dual, centers.rank)
    var nearest: (distance: Tensor, loss: Tensor, gradient: Tensor)?
    let logits = try model(active).gradients(at: candidates) { logits in
      logits.gathering(rivals, along: 1) - logits.own(own).unsqueezed(1)
    } visit: { loss, slope in
      let gradient = steered(slope)
      // Behind a flat slope there is no boundary to be seen.
      let length = dual.length(of: gradient)
      let distance = (loss.abs() / length).where(length.greater(than: 0), else: .infinity)
      guard let before = nearest else { return nearest = (distance, loss, gradient) }
      let isNearer = distance.less(than: before.distance)
      nearest = (
        distance.where(isNearer, else: before.distance), loss.where(isNearer, else: before.loss),
        gradient.where(isNearer.broadcastable(toRank: rank), else: before.gradient)
      )
    }
    let answer = Answer(
      logits: logits, losses: nearest?.loss ?? Tensor.zeros([count]),
      gradient: nearest?.gradient ?? origin, isBroken: Search.isBroken(logits, labels, targets))
    return remember(answer, of: candidates, gradients: rivals.size(1), countsIteration)
  }
}
