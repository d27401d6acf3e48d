import Testing
import Torch

@Suite("Random numbers")
struct RandomTests {
  @Test("Philox4x32-10 gives the numbers of the reference implementation")
  func uniformMoments() {
    var stream = RandomStream(seed: 3, purpose: "moments")
    let values = (0..<200_000).map { _ in stream.uniform() }
    let mean = values.reduce(0, +) / 200_000
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 200_000
    // Five standard errors of the mean and of the variance of U(0, 1).
    #expect(abs(mean - 0.5) < 5 * 0.2887 / 447.2)
    #expect(abs(variance - 1.0 / 12) < 5 * 0.0745 / 447.2)
  }

  @Test("streams depend on seed, purpose and index, and on nothing else")
  func independence() {
    func first(_ seed: UInt64, _ purpose: String, _ index: UInt64) -> UInt64 {
      var stream = RandomStream(seed: seed, purpose: purpose, index: index)
      return stream.next()
    }
    #expect(first(1, "a", 0) == first(1, "a", 0))
    let all = [first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)]
    #expect(Set(all).count == 4)
  }

  @Test("examples draw the same numbers in whatever batch they are")
  func batchSplit() {
    let context = Context(seed: 9)
    var all = context.streams("start", examples: [0, 1, 2, 3])
    var some = context.streams("start", examples: [2, 3])
    let whole = Tensor.uniform([5], in: -1...1, perExample: &all)
    let part = Tensor.uniform([5], in: -1...1, perExample: &some)
    #expect(whole[2..<4].isIdentical(to: part))
  }

  @Test("a pool returns results in order, and the error of the lowest index")
  func pool() throws {
    struct Failed: Error, Equatable { let index: Int }
    let pool = WorkerPool(count: 4)
    #expect(try pool.map(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
    #expect(throws: Failed(index: 0)) { try pool.map(1) { throw Failed(index: $0) } }
    #expect(try pool.map(0) { $0 }.isEmpty)
  }
}
