import ArgumentParser
import Foundation
import Runs

import enum Reports.JSONValue

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists runs, the newest first.")

  @OptionGroup var filter: RunFilter
  @OptionGroup var store: StoreOptions

  @Option(help: "How many runs at most; 0 for all.")
  var limit = 30

  @Flag(help: "Also list the sweeps.")
  var sweeps = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let store = try store.open(for: .reading)
    let runs = try store.runs(filter.query(limit: limit > 0 ? limit : nil))
    let tags = try store.tags()
    if json {
      let list = try runs.map { try RunJSON.summary($0, tags: tags[$0.id] ?? []) }
      print(JSONValue.array(list).text(pretty: true), terminator: "")
      return
    }
    print(RunTables.list(runs, tags: tags).text(), terminator: "")
    let count = try store.count()
    if runs.count < count { print("\(runs.count) of \(count) runs; see --limit and the filters") }
    if sweeps { print("\n" + RunTables.sweeps(try store.sweeps()).text(), terminator: "") }
  }
}
