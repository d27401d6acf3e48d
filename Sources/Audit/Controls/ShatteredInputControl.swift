import Networks
import Torch

/// A fine ripple on the inputs, whose slope drowns the network's (Athalye et al., 2018, shattered
/// gradients).
struct ShatteredInputControl: Control {
  let name = "shattered input"
  let summary = "Inputs get a ripple, x + 0.02 sin(400 x): gradients point anywhere."
  let mustRaise: Set<String> = ["C1", "C2", "C5", "D3"]
  let isSound = false

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    WrappedClassifier(base: try networks.network(.clean), input: { $0 + ($0 * 400).sin() * 0.02 })
  }
}
