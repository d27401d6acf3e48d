import Networks
import Torch

/// A network trained against single steps, which may be robust to nothing else.
struct SingleStepControl: Control {
  let name = "FGSM-trained"
  let summary = "Trained on digits after one gradient step."
  let mustRaise: Set<String> = []
  let isSound = false

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    try networks.network(ControlNetworks.singleStep)
  }
}
