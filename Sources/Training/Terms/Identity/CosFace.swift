import Datasets
import Networks
import Torch

/// The additive cosine margin of CosFace: the cross-entropy of `s (cos θ_y - m)` for the own class and `s cos θ_j`
/// for the others, where θ are the angles between an embedding and the classes' directions (Wang et al., CVPR
/// 2018; ``AngularMargin/cosine(_:)``).
///
/// For K classes a scale of `(K - 1) / K · ln((K - 1) p / (1 - p))` is the least at which the own class can
/// have the probability p; 64 is for tens of thousands of people, 30 for hundreds.
public final class CosFace: Term {
  private static let margins = 0...1.0
  private var margin: MarginHead

  /// The term, for an ``Encoder``.
  ///
  /// - Parameters:
  ///   - scale: s, positive.
  ///   - margin: m, of the cosine, from 0 to 1, at every step.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(
    scale: Double = 30, margin: MarginRamp = MarginRamp(to: 0.35)
  ) throws(TrainingError) {
    self.margin = try MarginHead(
      Self.name, scale: scale, ramp: margin, margins: Self.margins, unit: "of the cosine")
  }

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }
  /// The margin, and the mean angle to the own class in radians.
  public var measures: [String] { ["margin", "angle"] }
  /// The same for labels.
  public var alternative: String { "give every example one identity as its class" }
  /// Outputs are embeddings.
  public var readsEmbeddings: Bool { true }
  /// The directions of the classes, `[K, D]`.
  public var parameters: [Parameter] { margin.classifier?.parameters ?? [] }
  /// The cosines with all directions.
  public var head: (any Layer)? { margin.classifier }

  /// Draws a direction for every class.
  public func prepare(for data: Dataset, model: any Module, context: Context) {
    margin.prepare(name, for: data, model, context)
  }

  /// The mean over the batch.
  public func value(in step: StepContext) throws -> Tensor {
    try margin.value(name, in: step) { .cosine($0) }
  }
}

extension CosFace: RegisteredTerm {
  static let name = "cosface"
  static let options = MarginHead.options

  convenience init(_ options: TermOptions) throws(TrainingError) {
    let margin = try MarginHead(
      options, scale: 30, margin: 0.35, margins: Self.margins, unit: "of the cosine")
    try self.init(scale: margin.scale, margin: margin.ramp)
  }
}
