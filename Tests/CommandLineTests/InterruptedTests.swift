import Foundation
import Testing

@Suite("A command that is asked to stop")
struct InterruptedTests {
  /// A training of small steps.
  private func recipe(epochs: Int, in scratch: Scratch) throws -> String {
    try scratch.write(
      "recipe.yaml",
      """
      recipe: train
      data: { source: glyphs, train: 200, test: 50 }
      model: { name: small-cnn, options: { width: 4 } }
      training: { epochs: \(epochs), batchSize: 50 }
      sweep:
        grid: { training.learningRate.peak: [1e-3] }
      """)
  }

  /// A scheduler that takes a machine away must not find that the job is done.
  @Test("ends with code 130 and goes on by the same command", arguments: ["train", "ablate"])
  func stop(command: String) throws {
    let scratch = try Scratch()
    let recipe = try recipe(epochs: 2000, in: scratch)
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

  /// A request may come as soon as it would not end the command by itself any longer, and must not be lost then.
  @Test("hears a request from the first moment on")
  func stopSoon() throws {
    let scratch = try Scratch()
    let recipe = try recipe(epochs: 100, in: scratch)
    for attempt in 1...8 {
      let command = try RunningCommand(
        ["train", recipe, "--out", scratch.path("out\(attempt)"), "--quiet"])
      let process = command.identifier
      waitUntilTaken(SIGTERM, by: process)
      kill(process, SIGTERM)
      #expect(command.wait() == 130 && !command.wasKilled)
    }
  }

  /// Waits until a process ignores or handles a signal, or is gone; ready within microseconds, for what could be lost
  /// is lost in a short time.
  private func waitUntilTaken(_ signal: Int32, by process: Int32) {
    let file = open("/proc/\(process)/status", O_RDONLY)
    defer { close(file) }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { status in
      guard let text = status.baseAddress else { return }
      while true {
        let count = pread(file, text, 4095, 0)
        guard count > 0 else { return }
        text[count] = 0
        if strstr(text, "State:\tZ") != nil { return }
        guard let line = strstr(text, "SigIgn:") else { return }
        // The mask of what is ignored, and 25 characters on that of what is handled.
        let masks = strtoull(line + 7, nil, 16) | strtoull(line + 32, nil, 16)
        if masks >> UInt64(signal - 1) & 1 == 1 { return }
      }
    }
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
