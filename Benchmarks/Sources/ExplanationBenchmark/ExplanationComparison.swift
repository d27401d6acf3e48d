import Foundation

/// One method of ours against the same of a peer in its fastest configuration.
struct ExplanationComparison {
  let method: String
  let subject: ExplanationSubject
  let python: String

  /// Numbers of rows that go through the model at once, and forms of the model, that peers are tried with.
  private var configurations: [[String]] {
    ["module", "torchscript"].flatMap { form in
      ["50", "200", "800"].map { ["--rows", $0, "--form", form] }
    }
  }

  func run() throws {
    let amount = ExplanationSubject.work.first { $0.method == method }
    guard let amount else { return }
    print("\n\(method): \(amount.images) images, \(amount.samples) samples each")
    let before = try runOurs()
    let timings = try configurations.map { try runPeer($0, amount) }
    // Before and after the peers, so that a machine that slows down does not favour one side.
    let after = try runOurs()
    let ours = before.samplesPerSecond < after.samplesPerSecond ? before : after
    guard
      let best = timings.enumerated().max(by: {
        $0.element.samplesPerSecond < $1.element.samplesPerSecond
      })
    else { return }
    let peer = method == "rise" ? "plain PyTorch" : "captum"
    line("\(peer) (\(configurations[best.offset].joined(separator: " ")))", best.element)
    line("Touchstone", ours)
    let ratio = ours.samplesPerSecond / best.element.samplesPerSecond
    print(
      """
        \(String(format: "%.2f", ratio)) times the peer (bound 3), memory \
      \(String(format: "%.2f", ours.megabytes / best.element.megabytes)) of it
      """)
    fflush(nil)
  }

  private func line(_ name: String, _ timing: ExplanationTiming) {
    let padded = name.padding(toLength: 48, withPad: " ", startingAt: 0)
    print(
      String(
        format: "  \(padded) %.0f samples/s, %.0f MB", timing.samplesPerSecond, timing.megabytes))
  }

  private func runOurs() throws -> ExplanationTiming {
    let this = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return try output(
      of: this,
      [
        "worker", method, "--model", subject.model, "--data", subject.data, "--workers",
        "\(subject.workers)", "--cap", "\(subject.cap)",
      ], ProcessInfo.processInfo.environment)
  }

  private func runPeer(
    _ configuration: [String], _ amount: (method: String, images: Int, samples: Int)
  ) throws -> ExplanationTiming {
    // The peers get OpenMP as it comes, not with our settings for waiting threads.
    var environment = ProcessInfo.processInfo.environment
    for name in ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"] { environment[name] = nil }
    return try output(
      of: URL(filePath: python),
      [
        "Benchmarks/explanation_peers.py", method, "--model", subject.model, "--data",
        subject.data, "--images", "\(amount.images)", "--samples", "\(amount.samples)",
        "--threads", "\(subject.workers)",
      ] + configuration, environment)
  }

  private func output(
    of program: URL, _ arguments: [String], _ environment: [String: String]
  ) throws -> ExplanationTiming {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CocoaError(.executableLoad, userInfo: [NSFilePathErrorKey: program.path])
    }
    return try JSONDecoder().decode(ExplanationTiming.self, from: data)
  }
}
