import Networks
import Torch

/// A network as it is: easily broken, and nothing about it misleads.
struct UndefendedControl: Control {
  let name = "undefended"
  let summary = "Trained on clean digits; breaks, and hides nothing."
  let mustRaise: Set<String> = []
  let isSound = true

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    try networks.network(.clean)
  }
}
