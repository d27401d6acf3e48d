import Foundation
import Testing

@Suite("A command that is asked to stop", .timeLimit(.minutes(5)))
struct InterruptedTests {
  /// A scheduler that takes a machine away must not find that the job is done.
  @Test("ends with code 130 and goes on by the same command", arguments: ["train", "ablate"])
  func stop(command: String) throws {
    let scratch = try Scratch()
    let recipe = try scratch.write(
      "recipe.yaml",
      """
      recipe: train
      data: { source: glyphs, train: 200, test: 50 }
      model: { name: small-cnn, options: { width: 4 } }
      training: { epochs: 2000, batchSize: 50 }
      sweep:
        grid: { training.learningRate.peak: [1e-3] }
      """)
    let out = scratch.path("out")
    let arguments = [
      command, recipe, "--out", out, "--store", scratch.path("runs.sqlite"),
    ]
    let running = try RunningCommand(arguments + (command == "ablate" ? ["--no-trial"] : []))
    running.wait { isLocked(below: out) }
    running.send(SIGTERM)
    let (code, said) = (running.wait(), try running.errors)
    #expect(code == 130 && !running.wasKilled, "\(said)")
    #expect(said.contains("interrupted; the same command goes on"))
    let listed = try Command([
      "runs", "list", "--status", "interrupted", "--store", scratch.path("runs.sqlite"),
    ])
    #expect(listed.output.contains("  interrupted  "), "\(listed.output)")
  }

  /// The second request comes while the first one's checkpoint is on its way: operators are being computed on other
  /// threads, and what they use must not be taken from under them.
  @Test("ends at once when asked again, by a code and not by a crash")
  func stopTwice() throws {
    let scratch = try Scratch()
    let recipe = try scratch.write(
      "recipe.yaml",
      """
      recipe: train
      data: { source: glyphs, train: 400, test: 50 }
      model: { name: small-cnn }
      training: { epochs: 2000, batchSize: 400 }
      threads: 2
      """)
    for attempt in 1...4 {
      let out = scratch.path("out\(attempt)")
      let command = try RunningCommand(
        ["train", recipe, "--out", out], store: scratch.path("runs.sqlite"),
        environment: ProcessInfo.processInfo.environment)
      command.wait { isLocked(below: out) }
      Thread.sleep(forTimeInterval: 0.5)
      // It started itself again with what keeps OpenMP's idle threads from spinning.
      let variables = try Data(contentsOf: URL(filePath: "/proc/\(command.identifier)/environ"))
      #expect(String(decoding: variables, as: UTF8.self).contains("OMP_WAIT_POLICY=PASSIVE"))
      command.send(SIGTERM)
      Thread.sleep(forTimeInterval: 0.02)
      command.send(SIGTERM)
      let code = command.wait()
      #expect(!command.wasKilled, "signal \(code)")
      #expect([130, 128 + SIGTERM].contains(code))
    }
  }

  /// Whether a run below a folder has begun.
  private func isLocked(below folder: String) -> Bool {
    let files = FileManager.default.enumerator(atPath: folder)
    while let name = files?.nextObject() as? String {
      if name.hasSuffix(".lock") { return true }
    }
    return false
  }
}
