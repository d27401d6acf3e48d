import Networks
import Torch

/// The cross-entropy of the labelled examples with noise on their inputs or on the weights.
///
/// For small deviations σ its mean is the cross-entropy plus `σ²/2` times the trace of the loss's
/// Hessian in what is changed (Bishop, "Training with noise is equivalent to Tikhonov regularization",
/// Neural Computation 1995).
public struct NoiseCrossEntropy: Term {
  /// The noise.
  public var noise: Noise
  /// How many draws an example are averaged, at least 1.
  public var samples = 1

  /// Normal noise on the inputs, one draw.
  ///
  /// - Parameter standardDeviation: of every feature, in the data's units; zero or positive.
  public init(standardDeviation: Double) { noise = Noise(deviation: standardDeviation) }

  /// It is.
  public var isMeanOverParts: Bool { true }
  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the batch and the draws. Noisy inputs are not clipped: they need not be pictures.
  public func value(in step: StepContext) -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let losses = (0..<samples).map { sample in
      noise.logits(
        step, at: view, step.pass(updatesStatistics: sample == 0),
        purpose: sample == 0 ? name : "\(name).\(sample)"
      ).crossEntropy(step.batch.labels)
    }
    return losses.dropFirst().reduce(losses[0]) { $0 + $1 } / Double(samples)
  }
}

extension NoiseCrossEntropy: RegisteredTerm {
  static let name = "noise-cross-entropy"
  static let options = Noise.options + ["samples"]

  init(_ options: TermOptions) throws(TrainingError) {
    noise = try Noise(options)
    samples = try options.count("samples", default: 1)
  }
}
