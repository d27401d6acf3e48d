import Networks
import Torch

extension Batch {
  /// Whether each example is right, `[N]`, one or zero; of several labels, the share that is right.
  ///
  /// A network with one output says the second of two classes where it is positive.
  ///
  /// - Parameter logits: `[N, K]`, or `[N, 1]` for two classes.
  func correctness(of logits: Tensor) -> Tensor {
    if let targets {
      return logits.greater(than: 0).equal(to: targets.greater(than: 0)).to(.float64).mean(along: 1)
    }
    return logits.classLogits(2).argmax(along: 1).equal(to: labels).to(.float64)
  }
}
