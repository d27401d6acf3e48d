import Foundation
import Testing

@Suite(
  "A sweep that is killed",
  .enabled(if: ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil))
struct KilledSweepTests {
  /// 24 runs, killed again and again at random moments, must end as if nothing had happened.
  @Test("24 runs lose nothing to SIGKILL and do nothing twice", arguments: [UInt64(1), 2])
  func kill(seed: UInt64) throws {
    let scratch = try Scratch()
    let recipe = try scratch.write(
      "sweep.yaml",
      """
      recipe: train
      data: { source: glyphs, train: 600, test: 100 }
      model: { name: small-cnn, options: { width: 8 } }
      training: { epochs: 3, batchSize: 20, checkpointEvery: 10 }
      sweep:
        seeds: 6
        grid: { training.learningRate.peak: [1e-4, 1e-3, 3e-3, 1e-2] }
      """)
    func arguments(_ name: String) -> [String] {
      [
        "ablate", recipe, "--no-trial", "--out", scratch.path(name), "--store",
        scratch.path("\(name).sqlite"),
      ]
    }
    let started = ContinuousClock.now
    let straight = try Command(arguments("straight"))
    #expect(straight.status == 0, "\(straight.errors)")
    let whole = (ContinuousClock.now - started) / .seconds(1)

    var random = SystemRandomNumberGenerator()
    var moments: [Double] = []
    for _ in 0..<2 {
      let moment = Double.random(in: 0.1...0.7, using: &random) * whole
      moments.append(moment)
      let command = try RunningCommand(arguments("killed"))
      Thread.sleep(forTimeInterval: moment)
      command.send(SIGKILL)
      command.wait()
    }
    let last = try Command(arguments("killed"))
    #expect(last.status == 0, "\(last.errors)")
    #expect(last.output == straight.output)
    let table = try String(contentsOfFile: scratch.path("straight/ablation.csv"), encoding: .utf8)
    let after = try String(contentsOfFile: scratch.path("killed/ablation.csv"), encoding: .utf8)
    #expect(table == after)

    let store = scratch.path("killed.sqlite")
    let export = try Command(["runs", "export", "--store", store])
    let runs = try JSONDecoder().decode(Export.self, from: Data(export.output.utf8)).runs
    #expect(runs.count == 24)
    #expect(runs.allSatisfy { $0.attempts.filter { $0.outcome == "finished" }.count == 1 })
    #expect(Set(runs.map(\.fingerprint)).count == 24)
    let killed = runs.flatMap(\.attempts).filter { $0.outcome == "killed" }.count
    let check = try Command(["runs", "check", "--store", store])
    #expect(check.status == 0 && check.output.contains("sound"), "\(check.output)")
    print("a sweep of \(whole) s was killed after \(moments) s; \(killed) attempts were cut off")
  }

  private struct Export: Decodable {
    struct Run: Decodable {
      struct Attempt: Decodable { var outcome: String? }
      var fingerprint: String
      var attempts: [Attempt]
    }
    var runs: [Run]
  }
}
