import Datasets
import Networks
import Torch

/// The additive angular margin of ArcFace: the cross-entropy of `s cos(θ_y + m)` for the own class and `s cos θ_j`
/// for the others, where θ are the angles between an embedding and the classes' directions (Deng et al., CVPR
/// 2019; ``AngularMargin/angle(_:)``).
///
/// For K classes a scale of `(K - 1) / K · ln((K - 1) p / (1 - p))` is the least at which the own class can
/// have the probability p; 64 is for tens of thousands of people, 30 for hundreds.
public final class ArcFace: Term {
  private static let margins = 0...(Double.pi / 2)
  private var margin: MarginHead

  /// The term, for an ``Encoder``.
  ///
  /// - Parameters:
  ///   - scale: s, positive.
  ///   - margin: m, in radians, from 0 to π / 2, at every step.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(
    scale: Double = 30, margin: MarginRamp = MarginRamp(to: 0.5)
  ) throws(TrainingError) {
    self.margin = try MarginHead(
      Self.name, scale: scale, ramp: margin, margins: Self.margins, unit: "radians")
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
    try margin.value(name, in: step) { .angle($0) }
  }
}

extension ArcFace: RegisteredTerm {
  static let name = "arcface"
  static let options = MarginHead.options

  convenience init(_ options: TermOptions) throws(TrainingError) {
    let margin = try MarginHead(
      options, scale: 30, margin: 0.5, margins: Self.margins, unit: "radians")
    try self.init(scale: margin.scale, margin: margin.ramp)
  }
}
