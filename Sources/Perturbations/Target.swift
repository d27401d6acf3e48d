import Networks
import Torch

/// What is attacked: a function from inputs `[N, …]` to logits `[N, K]` that several threads may
/// call at once.
public struct Target: Sendable {
  /// The number of classes, K.
  public let classCount: Int
  /// The two halves of the function, where inputs are mapped to vectors first.
  public let embedding: FrozenEmbedding?
  private let function: @Sendable (Tensor) throws -> Tensor

  /// A target.
  public init(
    classCount: Int, embedding: FrozenEmbedding? = nil,
    logits: @escaping @Sendable (Tensor) throws -> Tensor
  ) {
    self.classCount = classCount
    self.embedding = embedding
    function = logits
  }

  /// A classifier as a target, with the vectors of its inputs where it has such.
  public init(_ classifier: any Classifier) {
    self.init(
      classCount: classifier.classCount, embedding: (classifier as? FrozenNetwork)?.embedding
    ) { try classifier.logits($0) }
  }

  /// The logits of inputs.
  public func logits(_ inputs: Tensor) throws -> Tensor { try function(inputs) }

  /// The gradient of a loss with respect to the inputs, beside the logits it was computed from.
  ///
  /// Parameters, buffers, modes and random states of the model are not touched. Elements of the
  /// gradient that are not numbers become zero, so that one example cannot spoil an attack; the
  /// audit's gradient-health probe counts them.
  public func gradient(
    at inputs: Tensor, of loss: (Tensor) -> Tensor
  ) throws -> (logits: Tensor, losses: Tensor, gradient: Tensor) {
    try PerturbationError.requireNumbers(inputs)
    return try withGradients(enabled: true) {
      let variable = inputs.variable()
      let logits = try function(variable)
      let losses = loss(logits)
      let gradient = Torch.gradient(of: losses.sum(), withRespectTo: variable)
      return (
        logits.detached(), losses.detached(),
        gradient.where(gradient.isFinite, else: 0)
      )
    }
  }

  /// Whether every example is assigned its class, `[N]`; an output that is not finite never is.
  public static func isCorrect(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    logits.argmax(along: 1).equal(to: labels).and(logits.isFinite.all(along: 1))
  }
}
