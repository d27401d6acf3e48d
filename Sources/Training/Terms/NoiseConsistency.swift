import Networks
import Perturbations
import Torch

/// How far predictions move when noise is put on the inputs or the weights; it needs no labels.
///
/// For small deviations σ on the inputs the mean of `KL(clean ‖ noisy)` is `σ²/2` times the trace that
/// ``OutputGradientPenalty`` computes.
public struct NoiseConsistency: Term {
  /// The noise.
  public var noise: Noise
  /// How far predictions have moved.
  public var divergence = Divergence.cleanToPerturbed
  /// How many draws an example are averaged, at least 1.
  public var samples = 1
  /// Whether the clean prediction is a fixed target, or moves as well.
  public var detachesTarget = true

  /// Normal noise on the inputs.
  public init(standardDeviation: Double) { noise = Noise(deviation: standardDeviation) }

  /// It is.
  public var isMeanOverParts: Bool { true }
  /// A divergence is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the divergence is between.
  public var outputs: OutputKind? { divergence.outputs }
  /// The divergence for the other kind.
  public var alternative: String { divergence.alternative }

  /// The mean over the examples and the draws. All passes drop the same units.
  public func value(in step: StepContext) -> Tensor {
    let target = detachesTarget ? step.viewLogits.detached() : step.viewLogits
    let view = step.view
    let values = (0..<samples).map { sample in
      let logits = noise.logits(
        step, at: view, step.pass(updatesStatistics: false), purpose: "\(name).\(sample)")
      return divergence(from: target, to: logits).mean()
    }
    return values.dropFirst().reduce(values[0]) { $0 + $1 } / Double(samples)
  }
}

extension NoiseConsistency: RegisteredTerm {
  static let name = "noise-consistency"
  static let options = Noise.options + ["divergence", "samples", "detachesTarget"]

  init(_ options: TermOptions) throws(TrainingError) {
    noise = try Noise(options)
    divergence = try options.choice("divergence", default: .cleanToPerturbed)
    samples = try options.count("samples", default: 1)
    detachesTarget = try options.flag("detachesTarget", default: true)
  }
}
