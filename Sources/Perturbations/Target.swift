import Torch

/// What is attacked: a function from inputs `[N, …]` to logits `[N, K]` that several threads may
/// call at once.
public struct Target: Sendable {
  /// The number of classes, K.
  public let classCount: Int
  private let function: @Sendable (Tensor) throws -> Tensor

  /// A target.
  public init(classCount: Int, logits: @escaping @Sendable (Tensor) throws -> Tensor) {
    self.classCount = classCount
    function = logits
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
    try withGradients(enabled: true) {
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
