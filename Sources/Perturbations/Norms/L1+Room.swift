import Torch

extension L1 {
  /// The nearest perturbations that are no longer than `radius` and stay in a room, exactly.
  ///
  /// Every feature is drawn towards zero by the same amount `λ`, at most to zero, after which it is
  /// limited by its room: `d_i = sign(v_i) min(max(|v_i| - λ, 0), room_i)` (Croce and Hein, "Mind the
  /// box: l1-APGD for sparse adversarial attacks on image classifiers", ICML 2021, proposition 2.2). The
  /// length falls with `λ` in straight pieces that end where a feature comes to its room or to zero; the
  /// ends are sorted, and `λ` is found on the piece that crosses the radius.
  public func project(_ perturbation: Tensor, radius: Double, within room: Room?) -> Tensor {
    guard let room else { return project(perturbation, radius: radius) }
    // In double precision: lengths are sums of many features, and must not exceed the radius.
    let flat = perturbation.examplesFlattened.to(.float64)
    let isPositive = flat.greater(than: 0)
    let capacity = room.high.examplesFlattened.to(.float64)
      .where(isPositive, else: -room.low.examplesFlattened.to(.float64)).clamped(to: 0...)
    let magnitude = flat.abs()
    let drawn = magnitude - amount(magnitude, capacity, radius)
    let limited = drawn.clamped(to: 0...).minimum(capacity) * flat.sign()
    return limited.to(perturbation.dtype).reshaped(perturbation.shape)
  }

  /// By how much the features of every example are drawn towards zero, `[N, 1]`.
  private func amount(_ magnitude: Tensor, _ capacity: Tensor, _ radius: Double) -> Tensor {
    // Features at zero or without room have no part in it, and most features are such after sparse steps.
    let isMoving = magnitude.greater(than: 0).and(capacity.greater(than: 0))
    let most = Int(isMoving.nonZeroCount(along: 1).max().item)
    guard most > 0 else { return Tensor.zeros([magnitude.size(0), 1], dtype: magnitude.dtype) }
    let moving = magnitude.where(isMoving, else: 0).top(most, along: 1)
    let width = capacity.gathering(moving.indices, along: 1).minimum(moving.values)
    // From above: at its magnitude a feature begins to have length, after its width it has all of it.
    let ends = Tensor.concatenated([moving.values, moving.values - width], along: 1)
      .sorted(along: 1, descending: true)
    let slope = (1 - ends.indices.greaterOrEqual(to: most).to(.float64) * 2)
      .cumulativeSum(along: 1)
    let heights = ends.values
    let drops =
      heights.narrowed(to: 0..<2 * most - 1, along: 1)
      - heights.narrowed(to: 1..<2 * most, along: 1)
    let slopes = slope.narrowed(to: 0..<2 * most - 1, along: 1)
    let lengths = (drops * slopes).cumulativeSum(along: 1)
    // The first piece at whose end the length exceeds the radius; λ is above that end.
    let isPast = lengths.greater(than: radius)
    let piece = isPast.to(.float64).argmax(along: 1).unsqueezed(1)
    func at(_ values: Tensor) -> Tensor { values.gathering(piece, along: 1) }
    let excess = at(lengths) - radius
    let end = at(heights.narrowed(to: 1..<2 * most, along: 1))
    let crossing = end + excess / at(slopes).clamped(to: 1...)
    return crossing.where(isPast.any(along: 1).unsqueezed(1), else: 0).clamped(to: 0...)
  }
}
