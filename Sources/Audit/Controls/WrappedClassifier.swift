import Networks
import Torch

/// A classifier with something done to its inputs, or to its outputs.
struct WrappedClassifier: Classifier {
  let base: any Classifier
  var input: @Sendable (Tensor) -> Tensor = { $0 }
  var output: @Sendable (Tensor) -> Tensor = { $0 }

  var classCount: Int { base.classCount }
  var inputShape: [Int] { base.inputShape }

  func logits(_ inputs: Tensor) throws -> Tensor {
    try attempt { output(try base.logits(input(inputs))) }
  }

  func state() throws -> [String: Tensor]? { try base.state() }
}
