import Foundation
import Perturbations
import Torch

/// A target that remembers what it was asked, so that tests see the way an attack took.
final class AskedInputs: @unchecked Sendable {
  private let lock = NSLock()
  private var inputs: [Tensor] = []

  /// What the target was asked, in order, the clean inputs first.
  var all: [Tensor] { lock.withLock { inputs } }

  /// The same target, listened to.
  func listening(to target: Target) -> Target {
    Target(classCount: target.classCount) { [self] inputs in
      lock.withLock { self.inputs.append(inputs.detached()) }
      return try target.logits(inputs)
    }
  }
}
