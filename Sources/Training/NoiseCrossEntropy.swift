import Networks
import Torch

/// The cross-entropy of the labelled examples with normal noise on their inputs.
///
/// For small deviations σ its mean is the cross-entropy plus `σ²/2` times the trace of the loss's
/// Hessian in the inputs (Bishop, "Training with noise is equivalent to Tikhonov regularization",
/// Neural Computation 1995).
public struct NoiseCrossEntropy: Term {
  private let standardDeviation: Double

  /// The term.
  ///
  /// - Parameter standardDeviation: of every feature, in the data's units; zero or positive.
  public init(standardDeviation: Double) { self.standardDeviation = standardDeviation }

  /// `noise-cross-entropy`.
  public var name: String { "noise-cross-entropy" }
  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the batch, for one draw an example. Noisy inputs are not clipped: they need not
  /// be pictures.
  public func value(in step: StepContext) -> Tensor {
    let inputs = step.batch.inputs
    var streams = step.streams(name)
    let noise = Tensor.normal(
      Array(inputs.shape.dropFirst()), dtype: inputs.dtype, perExample: &streams)
    let noisy = inputs + noise.to(inputs.device) * standardDeviation
    return step.model(noisy, step.pass(updatesStatistics: true)).crossEntropy(step.batch.labels)
  }
}
