import Foundation
import Harness
import Torch

/// What several processes on one machine gain, each with one core: the same work by 1, 2 and 4 of them.
///
///     scaling-benchmark [--processes 4] [--steps 60] [--batch 128]
///
/// It starts itself with the variables of `torchrun` set; the first process of each group prints what it measured.
@main
struct ScalingBenchmark {
  static func main() throws {
    var options = CommandOptions()
    let most = options.number("--processes") ?? 4
    let work = SharedWork(
      steps: options.number("--steps") ?? 60, batchSize: options.number("--batch") ?? 128)
    let environment = ProcessInfo.processInfo.environment
    guard environment[part] == nil else {
      // As the command does.
      FreedMemory.keep()
      let place = try Rendezvous(environment: environment)
      let group = try place.map { try ProcessGroup(joining: $0, version: "benchmark") }
      let measured = try work.measured(group)
      if group?.isFirst ?? true {
        print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
      }
      group?.leave()
      return
    }
    var rows: [ScalingTable.Row] = []
    var count = 1
    while count <= most {
      // Three times, in turn with nothing else: the median is told.
      let shared = try (0..<3).map { _ in try measure(count, ["--batch", "\(work.batchSize)"]) }
      let apart = try (0..<3).map { _ in
        try measure(count, ["--batch", "\(work.batchSize / count)"], isShared: false)
      }
      rows.append(
        .init(processes: count, measured: .median(of: shared), apart: .median(of: apart)))
      count *= 2
    }
    ScalingTable(rows: rows, work: work).print()
  }

  private static let part = "TOUCHSTONE_SCALING_PART"

  /// Runs the work in so many processes, which share it, or do it beside one another without a word.
  private static func measure(
    _ count: Int, _ more: [String], isShared: Bool = true
  ) throws -> SharedWork.Measured {
    let port = "\(Int.random(in: 20000..<32000))"
    let output = Pipe()
    let processes = try (0..<count).map { rank in
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = more + CommandLine.arguments.dropFirst()
      process.environment = ProcessInfo.processInfo.environment.merging(
        QuietThreads.variables
      ) { $1 }.merging([
        part: "1"
      ]) { $1 }.merging(
        isShared
          ? [
            "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
          ] : [:]
      ) { $1 }
      process.standardOutput = rank == 0 ? output : FileHandle.nullDevice
      try process.run()
      return process
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    for process in processes { process.waitUntilExit() }
    return try JSONDecoder().decode(SharedWork.Measured.self, from: data)
  }
}
