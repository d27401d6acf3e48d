import Datasets
import Foundation
import LinearGeometry
import Torch

/// Times the 81-level regularisation path of one pair of digits against scikit-learn, at the same duality
/// gap and on one thread: `geometry-benchmark --data MNIST [--pair 2,3] [--per-class N] [--gap G]
/// [--peers svc,lbfgs] [--python FILE]`.
///
/// Each side runs in a process of its own, one after the other, in the same call, so that what else the
/// machine does slows both. The peer's tolerance is the loosest that reaches the gap.
@main
struct GeometryBenchmark {
  static func main() throws {
    let options = Options(Array(CommandLine.arguments.dropFirst()))
    if let loss = LinearLoss(rawValue: options.value("ours", "")) { return try ours(loss, options) }
    print(
      """
      81 levels, pair \(options.pair.map(String.init).joined(separator: ",")), \(options.perClass) \
      examples a class, relative duality gap \(options.gap), one thread
      """)
    let peers = options.value("peers", "svc,lbfgs").split(separator: ",").map(String.init)
    for (loss, peer, bound) in [(LinearLoss.hinge, "svc", 10.0), (.softplus, "lbfgs", 2)]
    where peers.contains(peer) {
      let arguments = CommandLine.arguments.dropFirst() + ["--ours", loss.rawValue]
      // Before and after the peer, so that a change of the machine's load shows.
      let before = try levels("/proc/self/exe", Array(arguments))
      let other = try levels(
        options.value("python", ".peers/bin/python"),
        ["Benchmarks/geometry_peers.py", peer, options.data]
          + options.pair.map(String.init) + ["\(options.perClass)", "\(options.gap)"])
      let after = try levels("/proc/self/exe", Array(arguments))
      report(loss, peer, bound, [before, after], other)
    }
  }

  /// What a process said about a level.
  private struct Level {
    var lambda: Double
    var seconds: Double
    var objective: Double
    var gap: Double
  }

  private struct Options {
    private let arguments: [String]

    init(_ arguments: [String]) { self.arguments = arguments }

    func value(_ name: String, _ standard: String) -> String {
      guard let place = arguments.lastIndex(of: "--\(name)"), place + 1 < arguments.count else {
        return standard
      }
      return arguments[place + 1]
    }

    var data: String { value("data", "data/mnist") }
    var pair: [Int] { value("pair", "2,3").split(separator: ",").compactMap { Int($0) } }
    var perClass: Int { Int(value("per-class", "3000")) ?? 3000 }
    var gap: Double { Double(value("gap", "1e-6")) ?? 1e-6 }
  }

  /// Follows the path and prints every level; the time of making the problem is in the first.
  private static func ours(_ loss: LinearLoss, _ options: Options) throws {
    IntraOperatorThreads.set(1)
    let data = try Dataset.load(from: options.data, split: .train)
    let parts = try options.pair.map {
      try PairPath.examples(of: $0, in: data, atMost: options.perClass)
    }
    var begin = ContinuousClock.now
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    var seconds: [Double] = []
    let path = try RegularisationPath(
      of: problem, loss: loss, over: .article, tolerance: options.gap
    ) {
      // Asked before every level: what passed since the last question is the level before.
      let now = ContinuousClock.now
      seconds.append((now - begin) / .seconds(1))
      begin = now
      return false
    }
    seconds.append((ContinuousClock.now - begin) / .seconds(1))
    let times = [seconds[0] + seconds[1]] + seconds.dropFirst(2)
    for (fit, time) in zip(path.fits, times) {
      print("\(fit.lambda) \(time) \(fit.objective) \(fit.relativeGap)")
    }
  }

  private static func levels(_ program: String, _ arguments: [String]) throws -> [Level] {
    let process = Process()
    // A virtual environment is known by the path of its python, so that link is not followed.
    process.executableURL =
      program.hasPrefix("/proc")
      ? URL(filePath: program).resolvingSymlinksInPath() : URL(filePath: program)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
      environment[name] = "1"
    }
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return output.split(separator: "\n").compactMap { line in
      let numbers = line.split(separator: " ").compactMap { Double($0) }
      return numbers.count == 4
        ? Level(
          lambda: numbers[0], seconds: numbers[1], objective: numbers[2], gap: numbers[3]) : nil
    }
  }

  private static func report(
    _ loss: LinearLoss, _ peer: String, _ bound: Double, _ ours: [[Level]], _ other: [Level]
  ) {
    let times = ours.map { $0.reduce(0) { $0 + $1.seconds } }
    let mine = times.reduce(0, +) / Double(times.count)
    let theirs = other.reduce(0) { $0 + $1.seconds }
    let first = ours[0]
    let differences = zip(first, other).map { abs($0.objective - $1.objective) / $0.objective }
    func text(_ value: Double) -> String { String(format: "%.3g", value) }
    print(
      """
      \(loss.rawValue): ours \(times.map(text).joined(separator: " and ")) s (before and after), \
      \(peer) \(text(theirs)) s, ratio \(text(theirs / mine)) (asked: at least \(text(bound))); \
      levels \(first.count) and \(other.count); largest relative gap ours \
      \(text(first.map(\.gap).max() ?? .nan)), \(peer) \(text(other.map(\.gap).max() ?? .nan)); \
      largest relative difference of objectives \(text(differences.max() ?? .nan))
      """)
  }
}
