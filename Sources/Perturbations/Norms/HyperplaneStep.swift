import Torch

/// The shortest step onto a hyperplane that leaves no box, in closed form.
///
/// With the signs taken out, features move by `0 <= d_i <= r_i` so that `sum_i v_i d_i` is what is
/// needed. In the maximum norm `d_i = min(t, r_i)` and in the Euclidean one `d_i = min(t v_i, r_i)`
/// for the one `t` that does it; in L1 the features with the largest `v_i` are used up first (Croce and
/// Hein, "Minimally distorted adversarial examples with a fast adaptive boundary attack", ICML 2020,
/// appendix A). `t` is found from sorted limits, exactly, and not by bisection.
struct HyperplaneStep {
  private let shape: [Int]
  /// Which way features go, `[N, D]`.
  private let signs: Tensor
  /// `v`, at most 1, `[N, D]`.
  private let slopes: Tensor
  /// `r`, zero where a feature achieves nothing, `[N, D]`.
  private let limits: Tensor
  /// What the step is to achieve, `[N, 1]`.
  private let need: Tensor

  /// Steps that change the inner product with `normal` by `change` and stay in a room.
  init(_ normal: Tensor, _ change: Tensor, _ room: Room) {
    let flat = normal.examplesFlattened
    let magnitudes = flat.abs()
    // Divided by the largest slope: the squares of tiny gradients underflow in float32.
    let largest = magnitudes.max(along: 1, keepingDimensions: true)
    let unit = largest + largest.equal(to: 0).to(largest.dtype)
    let slopes = magnitudes / unit
    let signs = flat.sign() * change.sign().unsqueezed(1)
    let limits = room.high.examplesFlattened.where(
      signs.greater(than: 0), else: -room.low.examplesFlattened
    ).clamped(to: 0...)
    shape = normal.shape
    self.signs = signs
    self.slopes = slopes
    self.limits = limits.filled(where: slopes.squared().equal(to: 0), with: 0)
    need = change.abs().unsqueezed(1) / unit
  }

  /// `d_i = min(t, r_i)`.
  func evenly() -> Tensor {
    let level = level(weights: slopes, caps: limits)
    return signed(limits.minimum(level))
  }

  /// `d_i = min(t v_i, r_i)`.
  func proportionally() -> Tensor {
    let safe = slopes + slopes.equal(to: 0).to(slopes.dtype)
    let level = level(weights: slopes.squared(), caps: limits / safe)
    return signed(limits.minimum(level * slopes))
  }

  /// The features with the largest slopes first.
  func steepestFirst() -> Tensor { used(by: slopes) }

  /// The features that can change the inner product most first, which are the fewest.
  func mostEffectiveFirst() -> Tensor { used(by: slopes * limits) }

  /// The `t` with `sum_i weights_i min(t, caps_i) = need`, or one above all caps, `[N, 1]`.
  private func level(weights: Tensor, caps: Tensor) -> Tensor {
    let (caps, order) = caps.sorted(along: 1)
    let weights = weights.gathering(order, along: 1)
    // What features with smaller caps give when they stand at them, and how steep the rest are. The
    // rest are summed up from the end, since a difference of sums would lose small ones.
    let before = Self.before(weights * caps)
    let rest = weights.flipped(1).cumulativeSum(along: 1).flipped(1)
    let isBelow = (before + caps * rest).less(than: need)
    let last = isBelow.to(.int64).sum(along: 1, keepingDimensions: true)
      .clamped(to: 0...Double(caps.size(1) - 1)).to(.int64)
    let slope = rest.gathering(last, along: 1)
    return (need - before.gathering(last, along: 1)) / (slope + slope.equal(to: 0).to(slope.dtype))
  }

  /// Features used up in the order of some merit, largest first.
  private func used(by merit: Tensor) -> Tensor {
    let order = merit.sorted(along: 1, descending: true).indices
    let slopes = slopes.gathering(order, along: 1)
    let limits = limits.gathering(order, along: 1)
    let left = (need - Self.before(slopes * limits)).clamped(to: 0...)
    let steps = (left / (slopes + slopes.equal(to: 0).to(slopes.dtype))).minimum(limits)
    return signed(Tensor.zeros(like: steps).scattering(steps, at: order, along: 1))
  }

  private func signed(_ steps: Tensor) -> Tensor { (steps * signs).reshaped(shape) }

  /// Sums over all earlier columns.
  private static func before(_ values: Tensor) -> Tensor {
    let sums = values.cumulativeSum(along: 1)
    let zero = Tensor.zeros(like: values.narrowed(to: 0..<1, along: 1))
    return Tensor.concatenated(
      [zero, sums.narrowed(to: 0..<(values.size(1) - 1), along: 1)], along: 1)
  }
}
