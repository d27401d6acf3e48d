import Networks
import Torch

/// Inputs rounded to 8 levels, through which no gradient goes (Xu et al., feature squeezing, 2018).
struct RoundedInputControl: Control {
  let name = "input in 8 levels"
  let summary = "Inputs are rounded to 8 levels: no gradient goes through."
  let mustRaise: Set<String> = ["A1", "B5", "C2", "C5"]
  let isSound = false

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    WrappedClassifier(base: try networks.network(.clean), input: { ($0 * 7).rounded() / 7 })
  }
}
