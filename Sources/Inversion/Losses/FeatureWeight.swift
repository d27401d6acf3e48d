import Torch
import Training

/// The weight of a feature loss: `λ(step) · g(σ)`.
///
/// The first factor follows the run, the second the noise of the example. They are two because nothing in a
/// step of training says how much noise an example has.
public struct FeatureWeight: Sendable, Equatable {
  /// λ, over the run: constant, linear, sigmoid or rescaled sigmoid.
  public let schedule: Schedule
  /// g, over noise levels.
  public let gate: NoiseGate

  /// A weight.
  public init(_ schedule: Schedule, gate: NoiseGate = .open) {
    self.schedule = schedule
    self.gate = gate
  }

  /// The weights of examples with noise levels `[B]`, at a step counted from 0.
  public func values(at step: Int, of total: Int, sigma: Tensor) -> Tensor {
    gate(sigma) * schedule.value(at: step, of: total)
  }
}
