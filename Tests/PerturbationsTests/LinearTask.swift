import Foundation
import Perturbations
import Torch

/// A linear model of two classes, and more that never win, with its closed-form distances.
struct LinearTask {
  let weight: Tensor
  let target: Target
  private let shape: [Int]

  init(_ shape: [Int], classCount: Int = 2, seed: UInt64 = 4) {
    self.shape = shape
    let size = shape.reduce(1, *)
    let weight = Tensor.normal(
      [size], dtype: .float64, using: Generator(seed: seed, purpose: "weights"))
    self.weight = weight
    target = Target(classCount: classCount) { inputs in
      let score = inputs.flattened(from: 1).matmul(weight)
      let low = Tensor.full(like: score, -1e6)
      return Tensor.stacked(
        [score * -0.5, score * 0.5] + (2..<classCount).map { _ in low }, along: 1)
    }
  }

  func batch(_ count: Int) -> Batch {
    let inputs = Tensor.normal(
      [count] + shape, dtype: .float64, using: Generator(seed: 5, purpose: "inputs"))
    let labels = inputs.flattened(from: 1).matmul(weight).greater(than: 0).to(.int64)
    return Batch(inputs: inputs, labels: labels, indices: Array(0..<count))
  }

  /// How far every example is from the boundary, when only features of a mask can be moved.
  func distances(_ batch: Batch, _ norm: any Norm, mask: Tensor? = nil) -> [Double] {
    let free = mask.map { weight * $0.flattened(from: 0) } ?? weight
    let dual = norm.dual.length(of: free.unsqueezed(0)).item
    return (batch.inputs.flattened(from: 1).matmul(weight).abs() / dual).values()
  }
}

/// Counts examples, from any thread.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var total = 0
  var count: Int { lock.withLock { total } }
  func add(_ number: Int) { lock.withLock { total += number } }
}

extension Target {
  /// The same target, whose examples are counted.
  func counted(by counter: Counter) -> Target {
    Target(classCount: classCount) { inputs in
      counter.add(inputs.size(0))
      return try logits(inputs)
    }
  }
}
