import Networks
import Torch

/// Logits so large that the cross-entropy is flat in working precision (Carlini and Wagner, 2017, on
/// defensive distillation).
struct ScaledLogitsControl: Control {
  let name = "logits x100"
  let summary = "Logits times 100: the cross-entropy has no gradient."
  let mustRaise: Set<String> = ["A1", "A4", "A5", "C5"]
  let isSound = false

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    WrappedClassifier(base: try networks.network(.clean), output: { $0 * 100 })
  }
}
