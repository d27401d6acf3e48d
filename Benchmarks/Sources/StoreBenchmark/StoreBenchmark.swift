import Foundation
import Reports
import Runs

/// The run store under load: two processes that write at once, and ten thousand runs.
///
///     store-benchmark load SECONDS      two processes write one store; what they wrote must be there
///     store-benchmark size RUNS         times listing and comparing so many runs
@main
struct StoreBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let verb = arguments.first ?? ""
    let rest = Array(arguments.dropFirst())
    switch verb {
    case "load": try WriteLoad(seconds: Double(rest.first ?? "60") ?? 60).run()
    case "write" where rest.count == 3:
      try WriteLoad(seconds: Double(rest[2]) ?? 60).write(to: rest[0], as: rest[1])
    case "size": try StoreSize(count: Int(rest.first ?? "10000") ?? 10_000).run()
    default: print("usage: store-benchmark load [SECONDS] | size [RUNS]")
    }
  }
}

/// A run with everything that a training run leaves in the store.
struct SampleRun {
  static let environment = RunEnvironment.current(versions: [("touchstone", "benchmark")])

  static func write(
    _ number: Int, variant: String, folder: URL, outcomes: Int, in store: RunStore
  ) throws -> RunRecord {
    let new = NewRun(
      kind: "train", recipe: "Recipes/benchmark-\(number % 7).yaml", profile: "quick",
      variant: variant, seed: UInt64(number),
      settings: "{\"variant\":\"\(variant)\",\"seed\":\(number)}",
      folder: folder.appending(path: "\(variant)-\(number)").path, version: "benchmark")
    let run = try store.record(new, environment: environment, reusing: .any)
    let session = try RunSession(run, in: store, environment: environment)
    _ = try session.perform { session in
      let points = (0..<50).map { RunStore.Point("loss", step: $0, value: 1 / Double($0 + 1)) }
      try session.replaceSeries(points)
      let error = 0.1 + Double(number * 7919 % 1000) / 1e5
      let finding = try Finding(id: "test_error", title: "Test error", value: error, better: .lower)
      let robust = try Finding(
        id: "robust_error.pgd.linf.0.1", title: "Error under pgd", value: error * 4, better: .lower)
      let values = (0..<outcomes).map { ($0 * 7 + number) % 100 < 11 }
      return RunResult(
        findings: [RunFinding(finding, count: outcomes), RunFinding(robust, count: outcomes)],
        outcomes: ["test_error": Outcomes(values)])
    }
    return run
  }
}

/// Two processes write runs, values over time and tags into one store as fast as they can.
struct WriteLoad {
  let seconds: Double

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "load-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "runs.sqlite").path
    let writers = try ["first", "second"].map { name in
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = ["write", path, name, "\(seconds)"]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      return (name: name, process: process, pipe: pipe)
    }
    var written = 0
    for writer in writers {
      let text = String(
        decoding: writer.pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      writer.process.waitUntilExit()
      guard writer.process.terminationStatus == 0, let count = Int(text.split(separator: "\n")[0])
      else { return print("the \(writer.name) writer failed: \(text)") }
      print("\(writer.name): \(count) runs")
      written += count
    }
    try check(path, written)
  }

  /// Writes until the time is over, and prints how many runs.
  func write(to path: String, as name: String) throws {
    let store = try RunStore(at: path, patience: 30)
    let folder = URL(filePath: path).deletingLastPathComponent()
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    while ContinuousClock.now < end {
      let run = try SampleRun.write(
        count, variant: name, folder: folder, outcomes: 1000, in: store)
      try store.tag(run, "load")
      count += 1
    }
    print(count)
  }

  private func check(_ path: String, _ written: Int) throws {
    let store = try RunStore(at: path, for: .reading)
    let runs = try store.runs()
    let finished = runs.filter { $0.status == .finished }
    let findings = try store.findings(of: runs).values.filter { $0.count == 2 }.count
    var points = 0
    var outcomes = 0
    for run in runs {
      points += try store.series("loss", of: run).count
      outcomes += try store.outcomes(of: run, for: "test_error")?.values.count ?? 0
    }
    let problems = try store.integrityProblems()
    print(
      """
      written \(written), in the store \(runs.count), finished \(finished.count), with findings \
      \(findings), points \(points) of \(written * 50), outcomes \(outcomes) of \(written * 1000), \
      tagged \(try store.tags().count), integrity problems \(problems.count)
      """)
    let isWhole =
      runs.count == written && finished.count == written && findings == written
      && points == written * 50 && outcomes == written * 1000 && problems.isEmpty
    print(isWhole ? "nothing lost" : "SOMETHING IS LOST")
    if !isWhole { exit(1) }
  }
}

/// Times what people wait for, in a store of many runs.
struct StoreSize {
  let count: Int

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "size-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "runs.sqlite").path
    let variants = ["clean", "noise", "fgm", "pgd"]
    let writer = try RunStore(at: path)
    print("writing \(count) runs")
    for number in 0..<count {
      let run = try SampleRun.write(
        number, variant: variants[number % 4], folder: folder, outcomes: 1000, in: writer)
      if number % 100 == 0 { try writer.tag(run, "kept") }
      try? FileManager.default.removeItem(atPath: run.folder)
    }
    let store = try RunStore(at: path, for: .reading)
    let size = try URL(filePath: path).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    print("\(try store.count()) runs, \(size / 1_000_000) MB")
    var latest = RunQuery()
    latest.limit = 30
    let two = try Array(store.runs(latest).prefix(2))
    try time("list the newest 30, with tags") {
      _ = try store.runs(latest)
      _ = try store.tags()
    }
    try time("list all") { _ = try store.runs() }
    try time("compare two runs, example by example") {
      _ = try RunComparison(of: two, in: store).table
    }
    try time("compare all, grouped by variant") {
      _ = try GroupComparison(of: RunQuery(), by: .variant, baseline: nil, in: store).table
    }
    if let program = ProcessInfo.processInfo.environment["TOUCHSTONE"] {
      for arguments in [
        ["list"], ["compare", two[0].id, two[1].id], ["compare", "--by", "variant"],
      ] {
        try time("touchstone runs \(arguments.joined(separator: " ")), the whole command") {
          try run(program, ["runs"] + arguments + ["--store", path])
        }
      }
    }
  }

  /// Runs a program and waits for it. `Process` looks only twenty times a second whether it is done.
  private func run(_ program: String, _ arguments: [String]) throws {
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var child: pid_t = 0
    var status: Int32 = 0
    let result = posix_spawn(&child, program, &actions, nil, &words, environ)
    guard result == 0, waitpid(child, &status, 0) == child, status == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: result) ?? .ECHILD)
    }
  }

  private func time(_ name: String, _ body: () throws -> Void) throws {
    let times = try (0..<5).map { _ in
      let start = ContinuousClock.now
      try body()
      return (ContinuousClock.now - start) / .milliseconds(1)
    }.sorted()
    print(
      "\(name): median \(String(format: "%.1f", times[2])) ms, "
        + "slowest of 5 \(String(format: "%.1f", times[4])) ms")
  }
}
