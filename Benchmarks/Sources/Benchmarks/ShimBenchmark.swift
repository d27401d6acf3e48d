import DirectCalls
import Harness
import Torch

/// What a call through Swift and the shim costs beyond the same call in C++.
struct ShimBenchmark {
  func run() {
    let count = 200_000
    IntraOperatorThreads.set(1)
    let direct = medianSeconds(runs: 5) { _ = direct_additions(Int64(count)) }
    let swift = medianSeconds(runs: 5) {
      var a = Tensor.ones([1])
      let b = Tensor.ones([1])
      for _ in 0..<count { a = a + b }
    }
    let perCall = { (seconds: Double) in seconds / Double(count) * 1e6 }
    let overhead = perCall(swift) - perCall(direct)
    print(
      """
      shim: adding tensors of one element, \(count) calls, medians of 5
        C++ \(fixed(perCall(direct), 3)) us, Swift \(fixed(perCall(swift), 3)) us a call: \
      ratio \(fixed(swift / direct, 2)), overhead \(fixed(overhead, 3)) us (bound 1 us)
      """)
  }
}
