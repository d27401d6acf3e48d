import ArgumentParser
import Audit
import Foundation
import Reports
import Torch

struct SelftestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Audits broken models that must be caught, and sound ones that must not.",
    discussion: """
      The networks are trained on drawn digits at the first time, and kept. The exit code is 1 when a \
      flag that must be raised is not, or a sound model raises one.

      EXAMPLES
        touchstone selftest
        touchstone selftest --json
      """)

  @OptionGroup var options: RunOptions

  @Argument(
    help:
      "The controls to audit: \(Controls.all.map(\.name).joined(separator: ", ")). All when none.")
  var controls: [String] = []

  func validate() throws {
    let known = Controls.all.map(\.name)
    if let wrong = controls.first(where: { !known.contains($0) }) {
      throw ValidationError(
        "there is no control '\(wrong)'; choose from \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    let started = Date()
    let progress = ProgressLine(isQuiet: options.quiet || options.json)
    let test = SelfTest(cache: Folders.cache, context: try options.context())
    // Training uses threads inside of operators, attacks one worker a core.
    IntraOperatorThreads.set(
      min(4, options.workers ?? ProcessInfo.processInfo.activeProcessorCount))
    try test.train { progress.say("  \($0)") }
    IntraOperatorThreads.set(1)
    let chosen = Controls.all.filter { controls.isEmpty || controls.contains($0.name) }
    let rows = try test.run(chosen) { progress.say("  \($0)") }
    print(options.json ? json(rows).text(pretty: true, sortedKeys: true) : table(rows).text())
    let passed = rows.filter(\.isPassed).count
    let time = NumberText.duration(Date().timeIntervalSince(started))
    progress.say("\(passed) of \(rows.count) controls as they must be, \(time)")
    if passed < rows.count { throw Exit.gateFailed }
  }

  private func table(_ rows: [SelfTestRow]) -> TextTable {
    let columns = SelfTestRow.columns.enumerated().map { number, name in
      1...10 ~= number ? TextTable.Column(name, .trailing) : TextTable.Column(name)
    }
    return TextTable(columns, rows: rows.map(\.cells))
  }

  private func json(_ rows: [SelfTestRow]) -> JSONValue {
    [
      "schema": "touchstone.selftest/1", "seed": JSONValue(options.seed),
      "radius": JSONValue(ControlNetworks.radius), "norm": "linf",
      "examples": .integer(SelfTest.count), "controls": .array(rows.map(\.json)),
      "passed": .bool(rows.allSatisfy(\.isPassed)),
    ]
  }
}
