import Datasets
import Foundation
import Harness
import Networks
import Torch
import Training

/// Times whole training steps against the same steps written in PyTorch, on the same number of
/// threads: `step-benchmark [--threads N] [--steps N] [--python FILE]`.
///
/// Ours is the trainer as users run it: drawing the batch, terms, optimiser, log. Both sides take turns,
/// in processes of their own, so that a busy machine slows both and memory can be told apart.
///
/// `step-benchmark privacy` times steps of DP-SGD in two ways of our own instead, see ``PrivateSteps``.
@main
struct StepBenchmark {
  static func main() throws {
    var options = CommandOptions()
    let threads = options.text("--threads") ?? "1"
    let steps = options.text("--steps") ?? "40"
    if options.words.first == "privacy" {
      return try PrivateSteps.compare(steps: Int(steps) ?? 40, threads: Int(threads) ?? 1)
    }
    let peers = MeasuringProgram.python(options.text("--python") ?? ".peers/bin/python")
    if let name = options.words.first, let work = StepCase(rawValue: name) {
      return try work.run(steps: Int(steps) ?? 40, threads: Int(threads) ?? 1)
    }
    print("milliseconds a step, medians of 5 turns of \(steps) steps on \(threads) thread(s)")
    for work in StepCase.allCases {
      var ours: [Measured] = []
      var plain: [Measured] = []
      var tuned: [Measured] = []
      for _ in 0..<5 {
        let tail = [work.rawValue, "--steps", steps, "--threads", threads]
        let peer = ["Benchmarks/step_peers.py"] + tail
        ours.append(try Measured(.this, tail))
        plain.append(try Measured(peers, peer))
        tuned.append(try Measured(peers, peer + ["--tuned"]))
      }
      report(work, .median(ours), .median(plain), .median(tuned))
    }
  }

  private static func report(
    _ work: StepCase, _ ours: Measured, _ plain: Measured, _ tuned: Measured
  ) {
    print(
      """
      \(work.rawValue): ours \(text(ours.milliseconds)), PyTorch \(text(plain.milliseconds)), ratio \
      \(text(ours.milliseconds / plain.milliseconds)); PyTorch with fused Adam and channels last \
      \(text(tuned.milliseconds)), ratio \(text(ours.milliseconds / tuned.milliseconds)); peak memory \
      ours \(Int(ours.megabytes)) MB, PyTorch \(Int(plain.megabytes)) MB, ratio \
      \(text(ours.megabytes / plain.megabytes))
      """)
  }

  private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// What a process measured about itself.
struct Measured {
  let milliseconds: Double
  let megabytes: Double

  /// Runs a program that prints both numbers in its last line.
  init(_ program: MeasuringProgram, _ arguments: [String]) throws {
    let numbers = try program.numbers(2, arguments)
    (milliseconds, megabytes) = (numbers[0], numbers[1])
  }

  private init(milliseconds: Double, megabytes: Double) {
    (self.milliseconds, self.megabytes) = (milliseconds, megabytes)
  }

  static func median(_ values: [Measured]) -> Measured {
    Measured(
      milliseconds: values.map(\.milliseconds).sorted()[values.count / 2],
      megabytes: values.map(\.megabytes).sorted()[values.count / 2])
  }
}
