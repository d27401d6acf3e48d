import Torch

/// The cross-entropy of scores times a temperature, divided by it again: `CE(τ f) / τ`.
///
/// A 1-Lipschitz network cannot make its scores large, so that the cross-entropy of the scores as
/// they are asks for robustness alone; τ says how much accuracy is worth beside it (Béthune et al., "Pay
/// attention to your loss", NeurIPS 2022). For labels, and a network with one output, it is the
/// binary cross-entropy.
public struct TemperatureCrossEntropy: Term {
  private let temperature: Double

  /// The term.
  ///
  /// - Parameter temperature: τ, positive.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for another one.
  public init(temperature: Double) throws(TrainingError) {
    guard temperature > 0, temperature.isFinite else {
      throw .setting(name: "temperature", value: "\(temperature)", allowed: "positive and finite")
    }
    self.temperature = temperature
  }

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }
  /// Classes or labels.
  public var outputs: OutputKind? { nil }

  /// The mean over the batch, in nats divided by τ.
  public func value(in step: StepContext) -> Tensor {
    let logits = step.logits * temperature
    guard step.batch.targets == nil, logits.size(1) <= 2 else {
      return step.batch.crossEntropy(of: logits) * (1 / temperature)
    }
    let function = SignedScores(logits, of: step.batch)
    let losses = function.scores.bernoulliCrossEntropy((function.signs + 1) * 0.5)
    return losses.mean() * (1 / temperature)
  }
}

extension TemperatureCrossEntropy: RegisteredTerm {
  static let name = "temperature-cross-entropy"
  static let options = ["temperature"]

  init(_ options: TermOptions) throws(TrainingError) {
    try self.init(temperature: try options.positive("temperature") ?? 10)
  }
}
