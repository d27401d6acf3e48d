import Foundation
import Testing
import Torch

@Suite("Mixed precision")
struct PrecisionTests {
  private struct Stop: Error {}

  /// The type of a product on this thread: what the precision is.
  private func type(_ dtype: DType = .float32) -> DType {
    normal([2, 2], 1, dtype).matmul(normal([2, 2], 2, dtype)).dtype
  }

  @Test(
    "products and convolutions round their operands; everything else and float64 are left alone")
  func rounds() {
    let (x, w) = (normal([40, 30], 1), normal([30, 20], 2))
    let found = withPrecision(.bfloat16) { x.matmul(w) }
    let rounded = [x, w].map { $0.to(.bfloat16).to(.float64) }
    let exact = rounded[0].matmul(rounded[1])
    #expect(found.dtype == .bfloat16)
    // Half a unit in the last of 8 bits, and single precision in the sum.
    let error = (found.to(.float64) - exact).abs() / (exact.abs() + 1e-3)
    #expect(error.max().item < 0.0041)
    withPrecision(.bfloat16) {
      #expect((x + 1).dtype == .float32 && x.logSoftmax(along: 1).dtype == .float32)
      #expect(type(.float64) == .float64)
      #expect(normal([1, 2, 5, 5], 3).convolved2D(normal([3, 2, 3, 3], 4)).dtype == .bfloat16)
      #expect(normal([1, 2, 5], 3).convolved1D(normal([3, 2, 3], 4)).dtype == .bfloat16)
    }
  }

  @Test(
    "the thread is as it was afterwards, also when the body throws, and other threads never change")
  func scopes() throws {
    #expect(type() == .float32)
    #expect(throws: Stop.self) { try withPrecision(.bfloat16) { throw Stop() } }
    #expect(type() == .float32)
    let pool = WorkerPool(count: 2)
    try withPrecision(.bfloat16) {
      #expect(type() == .bfloat16)
      #expect(withPrecision(.float32) { type() } == .float32)
      #expect(throws: Stop.self) { try withPrecision(.float32) { throw Stop() } }
      #expect(type() == .bfloat16)
      let others = try pool.map(4) { _ in self.type() }
      #expect(others.allSatisfy { $0 == .float32 })
    }
    let inside = try pool.map(4) { _ in
      (withPrecision(.bfloat16) { self.type() }, self.type())
    }
    #expect(inside.allSatisfy { $0 == .bfloat16 && $1 == .float32 })
    #expect(type() == .float32)
  }

  @Test("gradients are those of the rounded product, in the type of the weights")
  func gradients() {
    let (x, g) = (normal([6, 5], 1), normal([6, 4], 3))
    let w = normal([5, 4], 2).variable()
    let value = withPrecision(.bfloat16) { x.matmul(w) }
    let gradient = gradient(of: (value.to(.float32) * g).sum(), withRespectTo: w)
    #expect(gradient.dtype == .float32)
    let exact = x.to(.bfloat16).to(.float64).transposed(0, 1)
      .matmul(g.to(.bfloat16).to(.float64))
    #expect((gradient.to(.float64) - exact).abs().max().item < 0.01 * exact.abs().max().item)
  }

  @Test("a pass without gradients before, and a weight that moved, change nothing")
  func nothingIsKept() {
    let x = normal([6, 5], 1)
    let w = normal([5, 4], 2).variable()
    withPrecision(.bfloat16) {
      let first = withoutGradients { x.matmul(w) }
      let second = x.matmul(w)
      #expect(second.requiresGradient && first.isIdentical(to: second.detached()))
      let slope = gradient(of: second.to(.float32).sum(), withRespectTo: w)
      #expect(slope.abs().max().item > 0)
      let again = gradient(of: x.matmul(w).to(.float32).sum(), withRespectTo: w)
      #expect(again.isIdentical(to: slope))
    }
    let moved = w.detached()
    let before = withPrecision(.bfloat16) { x.matmul(w) }
    moved.fill(0)
    let after = withPrecision(.bfloat16) { x.matmul(w) }
    #expect(before.abs().max().item > 0 && after.abs().max().item == 0)
  }

  @Test("twice differentiated products agree with single precision")
  func twice() {
    let (x, w, u) = (normal([8, 5], 1), normal([5, 3], 2), normal([8, 5], 3))
    func product(_ precision: Precision) -> Tensor {
      hessianVectorProduct(at: x, direction: u) { point in
        withPrecision(precision) { point.matmul(w) }.to(.float32).logSumExp(along: 1).sum()
      }
    }
    let (low, high) = (product(.bfloat16), product(.float32))
    let cosine = low.cosineSimilarity(to: high, along: 1)
    #expect(low.dtype == .float32 && cosine.min().item > 0.995)
  }

  /// Hidden states and the gradient of the hidden weights, of inputs of a type.
  private static func recurrent(_ precision: Precision, _ type: DType) throws -> [Tensor] {
    let (input, hidden) = (normal([3, 5, 4], 1).to(type), normal([8, 2], 3).variable())
    return try attempt {
      let states = withPrecision(precision) {
        input.longShortTermMemory(
          inputWeight: normal([8, 4], 2), hiddenWeight: hidden, inputBias: normal([8], 4),
          hiddenBias: normal([8], 5))
      }
      let slope = gradient(of: states.to(.float32).sum(), withRespectTo: hidden)
      return [states.detached().to(.float32), slope]
    }
  }

  private static func checkRecurrence() throws {
    let exact = try recurrent(.float32, .float32)
    for type in [DType.float32, .bfloat16] {
      for (found, expected) in zip(try recurrent(.bfloat16, type), exact) {
        #expect(found.dtype == .float32)
        #expect((found - expected).abs().max().item < 0.03 * expected.abs().max().item)
      }
    }
  }

  @Test("an LSTM and its gradient agree with single precision, also after a product")
  func recurrence() throws {
    try Self.checkRecurrence()
  }

  @Test("so do they on a processor without AVX-512, for which oneDNN has no such layer")
  func narrowRecurrence() async {
    // oneDNN asks once a process.
    await #expect(processExitsWith: .success) {
      setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1)
      try Self.checkRecurrence()
    }
  }

  @Test func devices() throws {
    try Precision.float32.check(on: .cpu)
    try Precision.bfloat16.check(on: .cpu)
  }
}

private func normal(_ shape: [Int], _ seed: UInt64, _ dtype: DType = .float32) -> Tensor {
  Tensor.normal(shape, dtype: dtype, using: Generator(seed: seed, purpose: "precision"))
}
