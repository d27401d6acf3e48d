import Datasets
import Networks
import Torch

/// A term that sets embeddings apart by a margin between an identity and the others.
protocol MarginTerm: RegisteredTerm, AnyObject {
  /// Directions, scale and margin.
  var margin: MarginHead { get set }
  /// Where the margin is: of the angle, or of its cosine.
  static func kind(_ margin: Double) -> AngularMargin
}

extension MarginTerm {
  static var options: [String] { MarginHead.options }

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
    try margin.value(name, in: step, Self.kind)
  }
}
