import Torch

/// How far every feature of some examples can be moved, in units of a ball's scale, before the box or
/// the mask ends it.
public struct Room: Sendable {
  /// The least a feature can be moved by, zero or negative, `[N, …]`.
  public internal(set) var low: Tensor
  /// The most a feature can be moved by, zero or positive, `[N, …]`.
  public internal(set) var high: Tensor

  /// A room with some bounds.
  init(low: Tensor, high: Tensor) {
    self.low = low
    self.high = high
  }

  /// The room around some inputs; `nil` where a ball has neither box nor mask.
  public init?(around centers: Tensor, in ball: Ball) {
    guard ball.box != nil || ball.mask != nil else { return nil }
    let box = ball.box ?? -Double.infinity...Double.infinity
    low = box.lowerBound - centers
    high = box.upperBound - centers
    if let scale = ball.scale {
      low = low / scale
      high = high / scale
    }
    if let mask = ball.mask {
      let isFree = mask.notEqual(to: 0)
      low = low.where(isFree, else: 0)
      high = high.where(isFree, else: 0)
    }
  }

  /// The nearest perturbations that stay in the room.
  public func clip(_ perturbation: Tensor) -> Tensor {
    perturbation.clamped(from: low, through: high)
  }

  /// The room that is left around perturbations inside of this one.
  func around(_ perturbation: Tensor) -> Room {
    Room(low: low - perturbation, high: high - perturbation)
  }

  /// The room of some of the examples.
  func selecting(_ rows: [Int]) -> Room {
    var room = self
    room.low = low.selecting(rows: rows)
    room.high = high.selecting(rows: rows)
    return room
  }

  /// A gradient without the features that stand at the edge and are pushed outwards.
  public func inward(_ gradient: Tensor, at perturbation: Tensor) -> Tensor {
    let isStuck = gradient.greater(than: 0).and(perturbation.greaterOrEqual(to: high))
      .or(gradient.less(than: 0).and(perturbation.lessOrEqual(to: low)))
    return gradient.filled(where: isStuck, with: 0)
  }
}
