import Networks
import Torch

/// A network trained against several steps, which is as robust as it looks.
struct ProjectedControl: Control {
  let name = "PGD-trained"
  let summary = "Trained on digits after several gradient steps; as robust as it looks."
  let mustRaise: Set<String> = []
  let isSound = true

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    try networks.network(ControlNetworks.projected)
  }
}
