import ArgumentParser
import Foundation
import Runs

import enum Reports.JSONValue

struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows everything about a run.")

  @Argument(help: "The id of the run, or its beginning.")
  var id: String

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print JSON, with all values over time.")
  var json = false

  func run() throws {
    let store = try store.open(for: .reading)
    let run = try store.run(id)
    if json {
      print(try RunJSON.whole(run, in: store).text(pretty: true), terminator: "")
      return
    }
    print(RunTables.facts(run, tags: try store.tags()[run.id] ?? []).text())
    let findings = try store.findings(of: [run])[run.id] ?? []
    if !findings.isEmpty { print(RunTables.findings(findings).text()) }
    print(RunTables.attempts(try store.attempts(of: run)).text())
    let artefacts = try store.artefacts(of: run)
    if !artefacts.isEmpty { print(RunTables.artefacts(artefacts).text()) }
    print("settings")
    print(try JSONValue(parsing: run.settings).text(pretty: true))
    print("environment")
    print(try JSONValue(parsing: run.environment).text(pretty: true), terminator: "")
  }
}
