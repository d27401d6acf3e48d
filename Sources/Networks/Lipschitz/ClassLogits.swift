import Torch

extension Tensor {
  /// Outputs of a network as logits of classes: one output `f` for two classes becomes `(-f / 2, f / 2)`.
  ///
  /// So the sign of `f` decides, 1 being the positive class, and the difference of logits is `f`: all that
  /// is said of margins holds for networks with one output.
  package func classLogits(_ classCount: Int) -> Tensor {
    guard classCount == 2, rank == 2, size(1) == 1 else { return self }
    let half = self * 0.5
    return .concatenated([-half, half], along: 1)
  }
}
