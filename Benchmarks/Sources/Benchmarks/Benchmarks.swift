import Foundation
import Perturbations
import Torch

/// Times Touchstone against its peers, on the same work in the same run, and prints ratios.
@main
struct Benchmarks {
  static func main() throws {
    restartWithQuietThreads()
    FreedMemory.keep()
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let model = option("--model")
    let data = option("--data")
    let python = option("--python") ?? ".peers/bin/python"
    let script = option("--peers") ?? "Benchmarks/peers.py"
    let count = option("--count").flatMap(Int.init) ?? 1000
    let chunk = option("--chunk").flatMap(Int.init)
    guard arguments.isEmpty else {
      print(
        """
        usage: benchmarks [--model FILE --data FOLDER] [--count N] [--chunk N] [--python FILE] \
        [--peers FILE or none]
        """)
      exit(2)
    }
    ShimBenchmark().run()
    guard let model, let data else {
      print("\nPGD: give --model and --data to time it against torchattacks, Foolbox and ART")
      return
    }
    try AttackBenchmark(
      model: model, data: data, count: count, chunk: chunk, python: python, script: script
    ).run()
  }

  /// libgomp reads these when it is loaded, so the program starts itself again with them set.
  private static func restartWithQuietThreads() {
    guard ProcessInfo.processInfo.environment["OMP_WAIT_POLICY"] == nil else { return }
    setenv("OMP_WAIT_POLICY", "PASSIVE", 1)
    setenv("GOMP_SPINCOUNT", "0", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path, &arguments)
  }
}

/// Seconds that `body` takes, the median of some runs after one that does not count.
func medianSeconds(runs: Int = 3, _ body: () throws -> Void) rethrows -> Double {
  try body()
  let clock = ContinuousClock()
  var times: [Double] = []
  for _ in 0..<runs {
    let duration = try clock.measure { try body() }
    times.append(
      Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18)
  }
  return times.sorted()[runs / 2]
}

/// A number with some digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
