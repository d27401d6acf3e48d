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
    let flat = perturbation.examplesFlattened
    let capacity = room.high.examplesFlattened
      .where(flat.greater(than: 0), else: -room.low.examplesFlattened).to(.float64)
    // In double precision: lengths are sums of many features, and must not exceed the radius.
    let magnitude = flat.abs().to(.float64)
    let drawn = magnitude - amount(magnitude, capacity, radius)
    let limited = drawn.clamped(to: 0...).minimum(capacity).to(perturbation.dtype) * flat.sign()
    return limited.reshaped(perturbation.shape)
  }

  /// By how much the features of every example are drawn towards zero, `[N, 1]`.
  private func amount(_ magnitude: Tensor, _ capacity: Tensor, _ radius: Double) -> Tensor {
    // Features at zero have no part in it, and after sparse steps most features are such.
    var most = Int(magnitude.nonZeroCount(along: 1).max().item)
    guard most > 0 else { return Tensor.zeros([magnitude.size(0), 1], dtype: magnitude.dtype) }
    var (values, width) = (magnitude, capacity.minimum(magnitude))
    if most * 4 < magnitude.size(1) {
      let moving = magnitude.top(most, along: 1)
      (values, width) = (moving.values, width.gathering(moving.indices, along: 1))
    } else {
      most = magnitude.size(1)
    }
    // From above: at its magnitude a feature begins to have length, after its width it has all of it.
    let ends = Tensor.concatenated([values, values - width], along: 1)
      .sorted(along: 1, descending: true)
    let slope = (1 - ends.indices.greaterOrEqual(to: most).to(.float64) * 2)
      .cumulativeSum(along: 1)
    let heights = ends.values
    let drops =
      heights.narrowed(to: 0..<2 * most - 1, along: 1)
      - heights.narrowed(to: 1..<2 * most, along: 1)
    let slopes = slope.narrowed(to: 0..<2 * most - 1, along: 1)
    let lengths = (drops * slopes).cumulativeSum(along: 1)
    // The first piece at whose end the length exceeds the radius; λ is above that end. Where none does, λ
    // is below the last end, where every feature has all of its width.
    let count = lengths.lessOrEqual(to: radius).nonZeroCount(along: 1)
    let piece = count.clamped(to: ...Double(2 * most - 2)).to(.int64).unsqueezed(1)
    func at(_ values: Tensor) -> Tensor { values.gathering(piece, along: 1) }
    let excess = at(lengths) - radius
    let end = at(heights.narrowed(to: 1..<2 * most, along: 1))
    let crossing = end + excess / at(slopes).clamped(to: 1...)
    return crossing.clamped(to: 0...)
  }
}
