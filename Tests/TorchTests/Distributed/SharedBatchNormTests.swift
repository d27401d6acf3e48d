import Ranks
import Testing

@testable import Torch

@Suite("Batch normalisation over processes", .serialized) struct SharedBatchNormTests {
  private static let count = 11

  private static func values(_ shape: [Int], _ purpose: String) -> Tensor {
    Tensor.normal(shape, dtype: .float64, using: Generator(seed: 3, purpose: purpose)) * 2 + 5
  }

  /// Output, gradients with respect to input, weight and bias, and the gradient of the input's gradient.
  private static func results(
    _ rows: Range<Int>, _ normalise: (Tensor, Tensor, Tensor) -> Tensor
  ) -> [Tensor] {
    let input = values([count, 4, 3], "input")[rows].contiguous().variable()
    let weight = values([4], "weight").variable()
    let bias = values([4], "bias").variable()
    let output = normalise(input, weight, bias)
    let loss = (output * output * values([count, 4, 3], "loss")[rows]).sum()
    let plain = gradients(of: loss, withRespectTo: [input, weight, bias], retainGraph: true)
    let first = gradient(of: loss, withRespectTo: input, createGraph: true)
    let second = gradient(
      of: (first * first * values([count, 4, 3], "again")[rows]).sum(), withRespectTo: input)
    return [output.detached()] + plain + [first.detached(), second]
  }

  @Test("outputs and gradients, twice, are those of one process with the whole batch")
  func equal() throws {
    let whole = Self.results(0..<Self.count) { input, weight, bias in
      input.batchNormalized(
        weight: weight, bias: bias, runningMean: nil, runningVariance: nil,
        usesBatchStatistics: true, epsilon: 1e-3)
    }
    struct Parts: @unchecked Sendable { let tensors: [Tensor] }
    let parts = try Ranks.run(3) { group in
      let rows = group.rank * Self.count / 3..<(group.rank + 1) * Self.count / 3
      return Parts(
        tensors: Self.results(rows) { input, weight, bias in
          let (output, mean, variance, count) = group.batchNormalized(
            input, weight: weight, bias: bias, epsilon: 1e-3)
          #expect(count.item == Double(3 * Self.count))
          #expect(mean.dtype == .float64 && variance.values(as: Double.self).allSatisfy { $0 > 0 })
          return output
        })
    }.map { try $0.get().tensors }
    let names = ["output", "input", "weight", "bias", "input with graph", "second"]
    for (index, name) in names.enumerated() {
      // Gradients of weights are sums over the parts; all else has a row for every example.
      let isSum = name == "weight" || name == "bias"
      let found =
        isSum
        ? parts.dropFirst().reduce(parts[0][index]) { $0 + $1[index] }
        : Tensor.concatenated(parts.map { $0[index] })
      let scale = whole[index].abs().max().item
      #expect((found - whole[index]).abs().max().item <= 1e-9 * max(1, scale), "\(name)")
    }
  }
}
