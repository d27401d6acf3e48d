import Diffusion
import Torch
import Training

/// ``LowRankPenalty`` of a network's adapters.
public struct LowRankTerm: ImageTerm {
  private let penalty: LowRankPenalty
  private let adapters: LowRankAdapters

  /// The term.
  public init(_ penalty: LowRankPenalty = .standard, of adapters: LowRankAdapters) {
    self.penalty = penalty
    self.adapters = adapters
  }

  /// `low-rank`.
  public var name: String { "low-rank" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }

  /// The sum over layers.
  public func value(in step: StepContext) -> Tensor { penalty.penalty(of: adapters) }
}
