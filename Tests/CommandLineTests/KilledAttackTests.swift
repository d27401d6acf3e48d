import Foundation
import Testing

@Suite("An attack that is killed")
struct KilledAttackTests {
  /// A network that some of 200 points stand, so that every attack of the ensemble has work.
  private func trained(_ scratch: Scratch) throws -> String {
    let recipe = try scratch.write(
      "moons.yaml",
      """
      recipe: train
      data: { source: moons, drawSeed: 3, train: 100, test: 200 }
      model: { name: mlp, options: { hidden: 16, layers: 1 } }
      objective: [{ term: cross-entropy }]
      training: { steps: 200, batchSize: 32, learningRate: { peak: 0.02 } }
      threads: 1
      """)
    let run = try Command(["train", recipe, "--out", scratch.path("run"), "--quiet"])
    try #require(run.status == 0, "\(run.errors)")
    return scratch.path("run")
  }

  /// The chunks that a journal holds, of all attacks.
  private func chunks(in folder: String) -> Int {
    let files = FileManager.default.enumerator(atPath: "\(folder)/journal")?.allObjects ?? []
    return files.filter { "\($0)".hasSuffix(".safetensors") }.count
  }

  /// Starts the command and kills it once the journal has grown by so many chunks.
  ///
  /// - Returns: whether it was killed, and did not end before.
  private func kill(
    _ arguments: [String], writing folder: String, after growth: Int
  ) throws -> Bool {
    let before = chunks(in: folder)
    let command = try RunningCommand(arguments)
    command.wait(every: 0.001) { chunks(in: folder) >= before + growth }
    command.send(SIGKILL)
    command.wait()
    return command.wasKilled
  }

  @Test("two kills and another number of workers change no byte of what is written")
  func kill() throws {
    let scratch = try Scratch()
    let run = try trained(scratch)
    func arguments(_ name: String, workers: Int) -> [String] {
      [
        "attack", "--run", run, "--data", "moons", "--attack", "fast", "--radius", "0.2",
        "--set", "queries=300", "--workers", "\(workers)", "--out", scratch.path(name), "--quiet",
      ]
    }
    let straight = try Command(arguments("straight", workers: 3))
    #expect(straight.status == 0, "\(straight.errors)")
    #expect(straight.output.contains("square"), "every attack had something to break")
    let folder = scratch.path("killed")
    #expect(try kill(arguments("killed", workers: 1), writing: folder, after: 2))
    let first = chunks(in: folder)
    #expect(try kill(arguments("killed", workers: 2), writing: folder, after: 3))
    #expect(first >= 2 && chunks(in: folder) >= first + 3)
    // Other settings do not go on from what these left.
    let other = try Command(arguments("killed", workers: 1) + ["--seed", "1"])
    #expect(other.status == 2 && other.errors.contains("another"), "\(other.errors)")
    let last = try Command(arguments("killed", workers: 1))
    #expect(last.status == 0 && last.output == straight.output, "\(last.errors)")
    for file in ["samples.csv", "adversarial.npz"] {
      let whole = try Data(contentsOf: URL(filePath: scratch.path("straight/\(file)")))
      let killed = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
      #expect(whole == killed, "\(file)")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/journal"))
  }
}
