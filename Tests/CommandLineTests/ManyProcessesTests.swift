import Foundation
import Ranks
import Runs
import Testing

@Suite("Several processes, one command", .serialized)
struct ManyProcessesTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Processes that were started and not waited for.
  private struct Job {
    let processes: [RunningCommand]

    func wait() -> [Int32] { processes.map { $0.wait() } }

    func message(_ rank: Int) throws -> String {
      let lines = try processes[rank].errors.split(separator: "\n")
      return String(lines.last { $0.hasPrefix("touchstone: ") } ?? "")
    }
  }

  private func start(
    _ size: Int, environment: [String: String] = [:], _ arguments: (Int) -> [String]
  ) throws -> Job {
    let port = "\(try FreePort.number())"
    let processes = try (0..<size).map { rank in
      let meeting = [
        "RANK": "\(rank)", "WORLD_SIZE": "\(size)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
      ]
      return try RunningCommand(
        arguments(rank),
        environment: RunningCommand.environment.merging(meeting) { $1 }.merging(environment) { $1 })
    }
    return Job(processes: processes)
  }

  private func train(_ out: String, _ more: [String] = []) -> [String] {
    [
      "train", "Recipes/foundation/glyphs-cnn.yaml", "--profile", "tiny", "--quiet", "--store",
      scratch.path("runs.sqlite"), "--out", scratch.path(out), "--set", "threads=1",
    ] + more
  }

  @Test("training writes one run, with the numbers of one process")
  func training() throws {
    let job = try start(2) { _ in train("two") }
    #expect(job.wait() == [0, 0])
    let alone = try Command(train("one"))
    #expect(alone.status == 0)
    let store = try RunStore(at: scratch.path("runs.sqlite"), for: .reading)
    let runs = try store.runs()
    #expect(runs.count == 2 && runs.allSatisfy { $0.status == .finished })
    let findings = try store.findings(of: runs)
    #expect(findings[runs[0].id]?.map(\.value) == findings[runs[1].id]?.map(\.value))
  }

  @Test("an audit shared by three processes is that of one")
  func audit() throws {
    let export = try Command(train("model"))
    #expect(export.status == 0)
    func audit(_ out: String) -> [String] {
      [
        "audit", "--run", scratch.path("model"), "--data", "glyphs", "--profile", "tiny", "--quiet",
        "--no-store", "--workers", "1", "--out", scratch.path(out),
      ]
    }
    #expect(try Command(audit("alone")).status == 0)
    let job = try start(3) { _ in audit("shared") }
    #expect(job.wait() == [0, 0, 0])
    for file in ["report.json", "samples.csv"] {
      let texts = try ["alone", "shared"].map { folder in
        try String(contentsOfFile: scratch.path("\(folder)/\(file)"), encoding: .utf8)
          .split(separator: "\n").filter {
            !$0.contains("\"seconds\"") && !$0.contains("\"started\"")
          }
      }
      #expect(texts[0] == texts[1], "\(file)")
    }
  }

  @Test("a sweep comes to the same runs, whoever did them")
  func sweep() throws {
    func ablate(_ out: String) -> [String] {
      [
        "ablate", "Recipes/transport/two-moons.yaml", "--profile", "tiny", "--quiet", "--no-trial",
        "--cores", "1", "--store", scratch.path("\(out).sqlite"), "--out", scratch.path(out),
      ]
    }
    #expect(try Command(ablate("alone")).status == 0)
    let job = try start(2) { _ in ablate("shared") }
    #expect(job.wait() == [0, 0])
    let findings = try ["alone", "shared"].map { name in
      let store = try RunStore(at: scratch.path("\(name).sqlite"), for: .reading)
      let runs = try store.runs().sorted { $0.id < $1.id }
      #expect(runs.allSatisfy { $0.status == .finished })
      for run in runs {
        #expect(FileManager.default.fileExists(atPath: run.folder + "/model.safetensors"))
        #expect(run.folder.hasPrefix(scratch.path(name)))
      }
      let found = try store.findings(of: runs)
      return runs.map { run in (found[run.id] ?? []).map { "\(run.id) \($0.id) \($0.value ?? -1)" }
      }
    }
    #expect(findings[0] == findings[1] && findings[0].count == 2)
  }

  @Test("a killed process ends the job, named; the same command goes on")
  func killed() throws {
    let long = train(
      "killed", ["--set", "training.steps=600", "--set", "training.checkpointEvery=20"])
    let job = try start(3) { _ in long }
    let folder = scratch.path("killed")
    let isWriting = {
      (try? FileManager.default.contentsOfDirectory(atPath: folder))?.contains {
        $0.hasPrefix("checkpoint")
      } ?? false
    }
    let limit = Date(timeIntervalSinceNow: 60)
    while !isWriting(), Date() < limit { Thread.sleep(forTimeInterval: 0.05) }
    let victim = job.processes[1]
    victim.send(SIGKILL)
    let begin = ContinuousClock.now
    let codes = job.wait()
    #expect(ContinuousClock.now - begin < .seconds(30))
    #expect(codes[0] == 2 && codes[2] == 2)
    for rank in [0, 2] {
      let text = try job.message(rank)
      #expect(
        text.hasPrefix("touchstone: rank \(rank): rank 1 (")
          && text.contains("process \(victim.identifier)) is gone"), "\(text)")
    }
    let resumed = try start(3) { _ in long }
    #expect(resumed.wait() == [0, 0, 0])
    #expect(FileManager.default.fileExists(atPath: "\(folder)/results.json"))
  }

  @Test("other recipes and other data are refused, with the rank that differs")
  func disagreement() throws {
    let recipes = try start(2) { train("a", ["--set", "training.batchSize=\(50 - 10 * $0)"]) }
    #expect(recipes.wait() == [2, 2])
    #expect(try recipes.message(0).contains("the recipe of rank 1 differs from that of rank 0"))
    var sources: [String] = []
    for (name, seed) in [("x", 0), ("y", 1)] {
      let made = try Command([
        "data", "make", "glyphs", "--count", "300", "--seed", "\(seed)", "--out",
        scratch.path("\(name).npz"),
      ])
      #expect(made.status == 0, "\(made.errorLines)")
      sources.append(scratch.path("\(name).npz"))
    }
    // Where the data lies may differ, what is there may not.
    let data = try start(2) { rank in train("b", ["--data", sources[rank]]) }
    #expect(data.wait() == [2, 2])
    #expect(try data.message(1).contains("the data of rank 1 differs from that of rank 0"))
  }

  @Test("a master that never answers, variables that are missing, commands of one process")
  func refusals() throws {
    let alone = try start(
      1, environment: ["WORLD_SIZE": "2", "RANK": "1", "TOUCHSTONE_JOIN_SECONDS": "1"]
    ) {
      _ in train("c")
    }
    #expect(alone.wait() == [2])
    #expect(try alone.message(0).contains("nothing answers at 127.0.0.1:"))
    let list = try start(1, environment: ["WORLD_SIZE": "2"]) { _ in ["recipes"] }
    #expect(list.wait() == [2])
    #expect(
      try list.message(0).hasPrefix(
        "touchstone: recipes is done by one process, and WORLD_SIZE is 2"))
  }
}
