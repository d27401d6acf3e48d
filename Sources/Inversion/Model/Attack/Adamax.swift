import Foundation
import Torch

/// Adamax (Kingma and Ba, ICLR 2015, algorithm 2) on one tensor that is no weight of a network, such as an image:
/// `x ← x - η / (1 - β₁ᵗ) · m / u`, `u = max(β₂ u, |g|)`.
struct Adamax {
  /// The step size η.
  let stepSize: Double
  private let decay = 0.9
  private let memory = 0.999
  private var mean: Tensor?
  private var largest: Tensor?
  private var count = 0

  /// A start without memory.
  init(stepSize: Double) { self.stepSize = stepSize }

  /// The point after one step against a gradient of its shape.
  mutating func step(_ point: Tensor, _ gradient: Tensor) -> Tensor {
    count += 1
    let mean = mean.map { $0 * decay + gradient * (1 - decay) } ?? gradient * (1 - decay)
    let size = gradient.abs() + 1e-8
    let largest = largest.map { ($0 * memory).maximum(size) } ?? size
    (self.mean, self.largest) = (mean, largest)
    return point - mean / largest * (stepSize / (1 - pow(decay, Double(count))))
  }
}
