import Torch

/// The cross-entropy that certified training of 1-Lipschitz networks uses, LipXent: an offset is taken off
/// the own class, `T · CE((f - o 1_y) / T)` (Prach and Lampert, "Almost-orthogonal layers for efficient
/// general-purpose Lipschitz networks", ECCV 2022, section 5).
///
/// The offset makes the loss ask for a lead of about o, the temperature how suddenly it is content.
public struct OffsetCrossEntropy: Term {
  private let offset: Double
  private let temperature: Double

  /// The term.
  ///
  /// - Parameters:
  ///   - offset: o, at least 0, in the unit of scores; `3 / √2`, a certified radius of 1.5, by default.
  ///   - temperature: T, positive.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(
    offset: Double = 1.5 * 2.0.squareRoot(), temperature: Double = 0.25
  ) throws(TrainingError) {
    self.offset = try HingeRegularisation(lambda: 1, margin: offset).margin
    guard temperature > 0, temperature.isFinite else {
      throw .setting(name: "temperature", value: "\(temperature)", allowed: "positive and finite")
    }
    self.temperature = temperature
  }

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }
  /// The terms for labels.
  public var alternative: String { "use temperature-cross-entropy or hkr in its place" }

  /// The mean over the batch, in nats times T.
  public func value(in step: StepContext) -> Tensor {
    let own = step.batch.labels.oneHot(classCount: step.logits.size(1)).to(step.logits.dtype)
    let logits = (step.logits - own * offset) * (1 / temperature)
    return logits.crossEntropy(step.batch.labels) * temperature
  }
}

extension OffsetCrossEntropy: RegisteredTerm {
  static let name = "lip-cross-entropy"
  static let options = ["offset", "temperature"]

  init(_ options: TermOptions) throws(TrainingError) {
    try self.init(
      offset: try options.notNegative("offset", default: 1.5 * 2.0.squareRoot()),
      temperature: try options.positive("temperature") ?? 0.25)
  }
}
