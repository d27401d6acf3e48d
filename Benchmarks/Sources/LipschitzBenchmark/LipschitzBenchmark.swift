import Datasets
import Foundation
import Harness
import Networks
import Torch
import Training

/// Times training steps of the 1-Lipschitz network for Fashion-MNIST against deel-torchlip's and against the
/// unconstrained twin: `lipschitz-benchmark [--threads N] [--steps N] [--python FILE]`.
///
/// Ours is the trainer as users run it: drawing the batch, terms, optimiser, log. All sides take turns, in
/// processes of their own, so that a busy machine slows each of them.
@main
struct LipschitzBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ standard: String) -> String {
      arguments.firstIndex(of: "--\(name)").map { arguments[$0 + 1] } ?? standard
    }
    let threads = option("threads", "1")
    let steps = option("steps", "60")
    if let name = arguments.first, let network = TimedNetwork(rawValue: name) {
      let milliseconds = try network.medianStep(
        steps: Int(steps) ?? 60, threads: Int(threads) ?? 1)
      return print(milliseconds)
    }
    let peers = MeasuringProgram.python(option("python", ".peers/bin/python"))
    let tail = ["--steps", steps, "--threads", threads]
    var turns: [[Double]] = []
    for _ in 0..<5 {
      turns.append(
        try [
          MeasuringProgram.this.numbers(1, ["constrained"] + tail)[0],
          MeasuringProgram.this.numbers(1, ["twin"] + tail)[0],
          peers.numbers(1, ["Benchmarks/lipschitz_peers.py", "constrained"] + tail)[0],
          peers.numbers(1, ["Benchmarks/lipschitz_peers.py", "twin"] + tail)[0],
        ])
    }
    func median(_ side: Int) -> Double { turns.map { $0[side] }.sorted()[turns.count / 2] }
    func text(_ value: Double) -> String { String(format: "%.2f", value) }
    let (ours, twin, peer, peerTwin) = (median(0), median(1), median(2), median(3))
    print(
      """
      milliseconds a step of 100 images, medians of 5 turns of \(steps) steps on \(threads) thread(s)
      ours \(text(ours)), deel-torchlip \(text(peer)), ratio \(text(ours / peer)) (at most 0.60)
      ours \(text(ours)), unconstrained twin \(text(twin)), ratio \(text(ours / twin)) (at most 1.40)
      deel-torchlip \(text(peer)), its vanilla_export \(text(peerTwin)), ratio \
      \(text(peer / peerTwin))
      """)
  }
}
