import Foundation
import Harness
import Torch

/// Times training and sampling of diffusion priors against the same network in PyTorch:
/// `diffusion-benchmark [--seconds N] [--turns N] [--workers N] [--python FILE]`.
///
/// With one worker, seconds are those of the processor's work, with several those of the clock. Ours is the trainer and the sampler as users run them. All sides take turns, in processes of their own with
/// one thread a worker, so that a busy machine slows each of them; before, the peer's estimates are compared
/// with ours on the same weights.
@main
struct DiffusionBenchmark {
  static func main() throws {
    var options = CommandOptions()
    let seconds = options.number("--seconds") ?? 5
    let turns = options.number("--turns") ?? 5
    let workers = options.number("--workers") ?? 1
    let python = MeasuringProgram.python(options.text("--python") ?? ".peers/bin/python")
    if options.words.count == 2, let network = TimedPrior(rawValue: options.words[1]) {
      return print(
        try network.rate(of: options.words[0], seconds: Double(seconds), workers: workers))
    }
    print("images trained on and network evaluations, a second, on \(workers) worker(s)")
    for network in TimedPrior.allCases {
      let folder = FileManager.default.temporaryDirectory.appending(path: "prior-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try network.save(to: folder)
      func peer(_ work: String, _ rest: [String]) throws -> Double {
        let tail = [work, network.rawValue, folder.path] + rest
        return try python.numbers(1, ["Benchmarks/diffusion_peers.py"] + tail)[0]
      }
      print("\(network.rawValue): estimates differ by at most \(try peer("check", []))")
      let tail = ["--seconds", "\(seconds)", "--workers", "\(workers)"]
      for work in ["train", "sample", "guided"] {
        var rates: [[Double]] = []
        for _ in 0..<turns {
          rates.append(
            try [
              MeasuringProgram.this.numbers(1, [work, network.rawValue] + tail)[0],
              peer(work, tail), peer(work, tail + ["--tuned"]),
            ])
        }
        report("\(network.rawValue) \(work)", rates)
      }
    }
  }

  private static func report(_ name: String, _ rates: [[Double]]) {
    func sorted(_ value: ([Double]) -> Double) -> [Double] { rates.map(value).sorted() }
    func median(_ value: ([Double]) -> Double) -> Double { sorted(value)[rates.count / 2] }
    func ratio(_ side: Int) -> String {
      let all = sorted { $0[0] / $0[side] }
      return
        "\(fixed(all[all.count / 2], 2)) (\(fixed(all[0], 2)) to \(fixed(all[all.count - 1], 2)))"
    }
    print(
      """
      \(name): ours \(fixed(median { $0[0] }, 0)), PyTorch \(fixed(median { $0[1] }, 0)), ratio \(ratio(1)); with \
      fused Adam and channels last \(fixed(median { $0[2] }, 0)), ratio \(ratio(2))
      """)
  }
}
