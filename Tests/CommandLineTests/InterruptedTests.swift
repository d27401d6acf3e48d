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
    let process = Process()
    process.executableURL = Command.executable
    process.arguments = arguments + (command == "ablate" ? ["--no-trial"] : [])
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !isLocked(below: out) { Thread.sleep(forTimeInterval: 0.05) }
    process.terminate()
    process.waitUntilExit()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationStatus == 130 && process.terminationReason == .exit, "\(said)")
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
      let process = Process()
      process.executableURL = Command.executable
      process.arguments = ["train", recipe, "--out", out, "--store", scratch.path("runs.sqlite")]
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      while process.isRunning, !isLocked(below: out) { Thread.sleep(forTimeInterval: 0.05) }
      Thread.sleep(forTimeInterval: 0.5)
      // It started itself again with what keeps OpenMP's idle threads from spinning.
      let variables = try Data(
        contentsOf: URL(filePath: "/proc/\(process.processIdentifier)/environ"))
      #expect(String(decoding: variables, as: UTF8.self).contains("OMP_WAIT_POLICY=PASSIVE"))
      process.terminate()
      Thread.sleep(forTimeInterval: 0.02)
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit, "signal \(process.terminationStatus)")
      #expect([130, 128 + SIGTERM].contains(process.terminationStatus))
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
