import Foundation
import Harness
import Perturbations
import Torch

/// Times Touchstone against its peers, on the same work in the same run, and prints ratios.
@main
struct Benchmarks {
  static func main() throws {
    QuietThreads.restart()
    FreedMemory.keep()
    var options = CommandOptions()
    let model = options.text("--model")
    let data = options.text("--data")
    let python = options.text("--python") ?? ".peers/bin/python"
    let script = options.text("--peers") ?? "Benchmarks/peers.py"
    let count = options.number("--count") ?? 1000
    let chunk = options.number("--chunk")
    guard options.words.isEmpty else {
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
}
