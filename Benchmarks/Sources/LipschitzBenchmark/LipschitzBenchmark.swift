import Datasets
import Foundation
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
    let python = option("python", ".peers/bin/python")
    let tail = ["--steps", steps, "--threads", threads]
    var turns: [[Double]] = []
    for _ in 0..<5 {
      turns.append(
        try [
          measure("/proc/self/exe", ["constrained"] + tail),
          measure("/proc/self/exe", ["twin"] + tail),
          measure(python, ["Benchmarks/lipschitz_peers.py", "constrained"] + tail),
          measure(python, ["Benchmarks/lipschitz_peers.py", "twin"] + tail),
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

  /// The number in the last line that a program prints.
  private static func measure(_ program: String, _ arguments: [String]) throws -> Double {
    let process = Process()
    // A virtual environment is known by the path of its python, so that link is not followed.
    process.executableURL =
      program.hasPrefix("/proc")
      ? URL(filePath: program).resolvingSymlinksInPath() : URL(filePath: program)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["OMP_WAIT_POLICY"] = "PASSIVE"
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let number = output.split(separator: "\n").last.flatMap({ Double($0) })
    else { throw CocoaError(.executableLoad, userInfo: [NSFilePathErrorKey: program]) }
    return number
  }
}
