import Torch
import Training

/// ``EmbeddingNorm`` of the vectors of the classes that a step attacks.
public struct EmbeddingNormTerm: ImageTerm {
  private let vectors: @Sendable (StepContext) throws -> Tensor

  /// The term.
  ///
  /// - Parameter vectors: of the attacked classes, each once, `[Y, D]`, before they are scaled.
  public init(_ vectors: @escaping @Sendable (StepContext) throws -> Tensor) {
    self.vectors = vectors
  }

  /// `embedding-norm`.
  public var name: String { "embedding-norm" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }

  /// The sum over classes.
  public func value(in step: StepContext) throws -> Tensor {
    EmbeddingNorm.penalty(of: try vectors(step))
  }
}
