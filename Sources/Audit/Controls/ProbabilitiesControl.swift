import Networks
import Torch

/// Probabilities in place of logits.
struct ProbabilitiesControl: Control {
  let name = "softmax output"
  let summary = "Returns probabilities in place of logits."
  let mustRaise: Set<String> = ["B2"]
  let isSound = false

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    WrappedClassifier(base: try networks.network(.clean), output: { $0.softmax(along: 1) })
  }
}
