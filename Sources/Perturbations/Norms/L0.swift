import Torch

/// The number of features that change, by however much.
///
/// It is no norm, since twice a perturbation is not twice as long (``isHomogeneous``), and a ball of
/// it is not bounded. Where a bound is needed features move by at most 1: then ``LInf`` is the dual,
/// one feature is the steepest perturbation, and random points can be drawn.
public struct L0: Norm {
  /// The number of features.
  public init() {}

  /// `l0`.
  public var name: String { "l0" }

  /// ``LInf``, for perturbations whose features move by at most 1.
  public var dual: any Norm { LInf() }

  /// False.
  public var isHomogeneous: Bool { false }

  /// The number of features of every example that are not zero.
  public func length(of perturbation: Tensor) -> Tensor {
    perturbation.examplesFlattened.notEqual(to: 0).to(perturbation.dtype).sum(along: 1)
  }

  /// The largest features alone, as many as the radius has whole units; of equal ones the first.
  public func project(_ perturbation: Tensor, radius: Double) -> Tensor {
    project(perturbation, radii: Tensor([radius]).to(perturbation.dtype).to(perturbation.device))
  }

  /// The largest features of every example alone, as many as its radius has whole units.
  public func project(_ perturbation: Tensor, radii: Tensor) -> Tensor {
    let flat = perturbation.examplesFlattened
    let order = flat.abs().sorted(along: 1, descending: true).indices
    let ranks = (Tensor.range(0..<flat.size(1)) + 1).to(flat.dtype).to(flat.device)
    let isKept = ranks.lessOrEqual(to: radii.unsqueezed(1)).to(flat.dtype).expanded(flat.shape)
    let kept = Tensor.zeros(like: flat).scattering(isKept, at: order, along: 1)
    return (flat * kept).reshaped(perturbation.shape)
  }

  /// The features that achieve the most first, each as far as it can move.
  public func shortestStep(along normal: Tensor, by change: Tensor, within room: Room?) -> Tensor {
    guard let room else { return shortestStep(along: normal, by: change) }
    return HyperplaneStep(normal, change, room).mostEffectiveFirst()
  }

  /// The feature with the largest gradient, moved by 1.
  public func steepest(_ gradient: Tensor) -> Tensor { L1().steepest(gradient) }

  /// As many features as the radius has whole units, each moved by a uniform number in -1...1.
  public func randomPoints(
    _ shape: [Int], radius: Double, dtype: DType, streams: inout [RandomStream]
  ) -> Tensor {
    let points = Tensor.uniform(shape, in: -1...1, dtype: dtype, perExample: &streams)
    let order = Tensor.uniform(shape, in: 0...1, dtype: dtype, perExample: &streams)
    return points * project(order, radius: radius).notEqual(to: 0).to(dtype)
  }
}
