import Torch

extension L2 {
  /// The nearest perturbations that are no longer than their radius and stay in a room, exactly.
  ///
  /// Shortened by one factor and then limited by the room: `d_i = sign(v_i) min(s |v_i|, r_i)`, for the
  /// largest `s <= 1` with which the length is within the radius. That is the condition of Karush, Kuhn
  /// and Tucker; to shorten to the radius before the room is applied makes them shorter than they may be.
  public func project(_ perturbation: Tensor, radii: Tensor, within room: Room?) -> Tensor {
    guard let room else { return project(perturbation, radii: radii) }
    let flat = perturbation.examplesFlattened.to(.float64)
    let signs = flat.sign()
    let limits = room.high.examplesFlattened.where(
      signs.greater(than: 0), else: -room.low.examplesFlattened
    ).to(.float64).clamped(to: 0...)
    let magnitudes = flat.abs()
    let isZero = magnitudes.equal(to: 0)
    let caps = (limits / magnitudes).filled(where: isZero, with: 0)
    let need = radii.to(.float64).squared().unsqueezed(1)
    let level = HyperplaneStep.level(
      weights: magnitudes.squared(), caps: caps.squared(), need: need)
    // Where the room alone makes them short enough all stand at their caps, or the factor is 1.
    let factor = level.sqrt().clamped(to: ...1)
    let limited = (magnitudes * factor).minimum(limits) * signs
    return limited.to(perturbation.dtype).reshaped(perturbation.shape)
  }
}
