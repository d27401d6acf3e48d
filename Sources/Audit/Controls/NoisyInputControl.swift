import Foundation
import Networks
import Torch

/// Noise on every input at inference (Athalye et al., 2018, stochastic gradients).
struct NoisyInputControl: Control {
  let name = "noisy input"
  let summary = "Adds Gaussian noise of 0.3 to inputs at inference: answers are random."
  let mustRaise: Set<String> = ["B1", "D3"]
  let isSound = false

  func classifier(from networks: ControlNetworks) throws -> any Classifier {
    let calls = Calls()
    return WrappedClassifier(
      base: try networks.network(.clean),
      input: { inputs in
        let generator = Generator(seed: 0, purpose: "controls.noise", index: calls.next())
        return inputs + Tensor.normal(inputs.shape, dtype: inputs.dtype, using: generator) * 0.3
      })
  }
}

/// Counts calls, so that none gets the noise of another. Which worker calls first is chance, and so are the
/// numbers of this control: that is what it is there for.
private final class Calls: @unchecked Sendable {
  private let lock = NSLock()
  private var count: UInt64 = 0

  func next() -> UInt64 {
    lock.withLock {
      count += 1
      return count
    }
  }
}
