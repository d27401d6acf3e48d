import Foundation
import Harness

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
    let tried = try configurations.map { try runPeer($0, amount) }
    guard
      let best = tried.indices.max(by: {
        tried[$0].samplesPerSecond < tried[$1].samplesPerSecond
      })
    else { return }
    // Turn by turn, so that a machine that slows down does not favour one side.
    var (ours, theirs): ([ExplanationTiming], [ExplanationTiming]) = ([], [])
    for _ in 0..<5 {
      ours.append(try runOurs())
      theirs.append(try runPeer(configurations[best], amount))
    }
    let peer = method == "rise" ? "plain PyTorch" : "captum"
    line("\(peer) (\(configurations[best].joined(separator: " ")))", theirs)
    line("Touchstone", ours)
    func ratio(_ value: (ExplanationTiming) -> Double) -> String {
      String(format: "%.2f", median(ours.map(value)) / median(theirs.map(value)))
    }
    print(
      """
        \(ratio(\.samplesPerSecond)) times the peer (bound 3), \
      \(ratio(\.samplesPerProcessorSecond)) times a second of processors, memory \
      \(ratio(\.megabytes)) of it; medians of \(ours.count)
      """)
    fflush(nil)
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private func line(_ name: String, _ timings: [ExplanationTiming]) {
    let padded = name.padding(toLength: 48, withPad: " ", startingAt: 0)
    let rates = timings.map(\.samplesPerSecond)
    print(
      String(
        format: "  \(padded) %.0f samples/s (%.0f to %.0f)", median(rates), rates.min() ?? .nan,
        rates.max() ?? .nan))
  }

  private func runOurs() throws -> ExplanationTiming {
    try MeasuringProgram.this.value([
      "worker", method, "--model", subject.model, "--data", subject.data, "--workers",
      "\(subject.workers)", "--cap", "\(subject.cap)",
    ])
  }

  private func runPeer(
    _ configuration: [String], _ amount: (method: String, images: Int, samples: Int)
  ) throws -> ExplanationTiming {
    try MeasuringProgram.python(python).value(
      [
        "Benchmarks/explanation_peers.py", method, "--model", subject.model, "--data",
        subject.data, "--images", "\(amount.images)", "--samples", "\(amount.samples)",
        "--threads", "\(subject.workers)",
      ] + configuration)
  }
}
