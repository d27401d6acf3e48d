import Networks
import Perturbations
import Torch

/// A classifier that is asked several times for every answer.
struct AveragedClassifier: Classifier {
  let base: any Classifier
  let samples: Int

  var classCount: Int { base.classCount }
  var inputShape: [Int] { base.inputShape }

  func logits(_ inputs: Tensor) throws -> Tensor {
    try Target(base).averaged(over: samples).logits(inputs)
  }

  func state() throws -> [String: Tensor]? { try base.state() }
}
