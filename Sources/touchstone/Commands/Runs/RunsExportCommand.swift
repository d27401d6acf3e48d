import ArgumentParser
import Foundation
import Runs

import enum Reports.JSONValue
import struct Reports.TextTable

struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes runs with their findings as JSON or CSV.",
    discussion: """
      JSON has everything that the store has, also values over time; CSV has one row a finding.

      EXAMPLES
        touchstone runs export --recipe mnist > runs.json
        touchstone runs export --format csv > findings.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case json, csv }

  @OptionGroup var filter: RunFilter
  @OptionGroup var store: StoreOptions

  @Argument(help: "The ids of runs, or their beginnings; those of the filters when not given.")
  var ids: [String] = []

  @Option(help: "json or csv.")
  var format: Format = .json

  func run() throws {
    let store = try store.open(for: .reading)
    let runs = ids.isEmpty ? try store.runs(filter.query()) : try ids.map { try store.run($0) }
    switch format {
    case .json:
      let list = try runs.map { try RunJSON.whole($0, in: store) }
      print(
        JSONValue.object(["schema": "touchstone.runs/1", "runs": .array(list)]).text(pretty: true),
        terminator: "")
    case .csv:
      let findings = try store.findings(of: runs)
      var table = TextTable(
        [
          "run", "kind", "recipe", "profile", "variant", "seed", "status", "seconds", "finding",
          "value", "low", "high", "n", "unit", "better",
        ].map { .init($0) })
      for run in runs {
        for finding in findings[run.id] ?? [] {
          table.append([
            run.id, run.kind, run.recipe, run.profile ?? "", run.variant ?? "", run.seed ?? "",
            run.state, number(run.seconds), finding.id, number(finding.value),
            number(finding.low), number(finding.high), finding.count.map(String.init) ?? "",
            finding.unit, finding.better.rawValue,
          ])
        }
      }
      print(table.csv(), terminator: "")
    }
  }

  private func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
