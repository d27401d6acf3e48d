import Foundation
import Harness

/// One attack of ours against the same of every peer that has it, each peer in its fastest configuration.
struct Comparison {
  let attack: String
  let subject: BenchmarkSubject
  let python: String

  private var peers: [String] {
    switch attack {
    case "apgd-ce": ["original", "torchattacks", "art"]
    case "square": ["original", "torchattacks"]
    default: ["original"]
    }
  }

  /// Batches and forms of the model that peers are tried with; the long attacks take them as for the short
  /// one they turned out fastest.
  private var configurations: [[String]] {
    let batches = attack == "apgd-ce" ? ["100", "250", "1000"] : ["250", "1000"]
    let forms = attack == "autoattack" ? ["module"] : ["module", "torchscript"]
    return forms.flatMap { form in batches.map { ["--batch", $0, "--form", form] } }
  }

  func run() throws {
    print("\n\(attack)")
    let ours = attack == "apgd-ce" ? ["apgd-ce", "apgd-ce-all"] : [attack]
    let before = try ours.map { try runOurs($0) }
    var fastest: Timing?
    for peer in peers {
      let timings = try configurations.map { try runPeer(peer, $0) }
      guard let best = timings.enumerated().min(by: { $0.element.seconds < $1.element.seconds })
      else { continue }
      let how = configurations[best.offset].joined(separator: " ")
      line("\(peer) (\(how))", best.element)
      if best.element.seconds < fastest?.seconds ?? .infinity { fastest = best.element }
    }
    // Before and after the peers, so that a machine that slows down does not favour one side.
    let after = try ours.map { try runOurs($0) }
    for (index, name) in ours.enumerated() {
      let slower = before[index].seconds > after[index].seconds ? before[index] : after[index]
      line("Touchstone, \(name)", slower)
      guard let fastest else { continue }
      print(
        """
            \(fixed(fastest.seconds / slower.seconds, 2)) times the fastest peer (bound 3), \
        memory \(fixed(slower.megabytes / fastest.megabytes, 2)) of it
        """)
    }
  }

  private func line(_ name: String, _ timing: Timing) {
    let padded = name.padding(toLength: 52, withPad: " ", startingAt: 0)
    print(
      """
        \(padded) \(fixed(timing.seconds, 1)) s, robust accuracy \
      \(fixed(timing.robustAccuracy * 100, 1)) %, \(fixed(timing.megabytes, 0)) MB
      """)
  }

  private func runOurs(_ name: String) throws -> Timing {
    var arguments = [
      "worker", name, "--model", subject.model, "--data", subject.data, "--count",
      "\(subject.count)", "--workers", "\(subject.workers)",
    ]
    if let chunk = subject.chunk { arguments += ["--chunk", "\(chunk)"] }
    return try MeasuringProgram.this.value(arguments)
  }

  private func runPeer(_ peer: String, _ configuration: [String]) throws -> Timing {
    try MeasuringProgram.python(python, isQuiet: true).value(
      [
        "Benchmarks/evasion_peers.py", peer, attack, "--model", subject.model, "--data",
        subject.data, "--count", "\(subject.count)", "--threads", "\(subject.workers)",
      ] + configuration)
  }
}
