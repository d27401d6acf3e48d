import ArgumentParser
import Foundation
import Runs

import struct Reports.TextTable

struct RunsPruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Forgets runs, and removes their folders where asked.",
    discussion: """
      Without --yes it only lists what would go. Runs that a process works on, and runs with tags,
      stay; --tagged takes those with tags too.

      EXAMPLES
        touchstone runs prune --status failed
        touchstone runs prune --recipe trial --files --yes
        touchstone runs prune --older-than 30 --yes
      """)

  @OptionGroup var filter: RunFilter
  @OptionGroup var store: StoreOptions

  @Argument(help: "The ids of runs, or their beginnings.")
  var ids: [String] = []

  @Option(help: "Only runs recorded so many days ago or earlier.")
  var olderThan: Double?

  @Flag(help: "Runs with tags, too.")
  var tagged = false

  @Flag(help: "Remove their folders, too.")
  var files = false

  @Flag(help: "Do it.")
  var yes = false

  func validate() throws {
    if ids.isEmpty, filter.isEmpty, olderThan == nil {
      throw ValidationError("say which runs: ids, a filter or --older-than")
    }
  }

  func run() throws {
    let store = try store.open(for: yes ? .writing : .reading)
    var query = filter.query()
    query.before = olderThan.map { Date(timeIntervalSinceNow: -$0 * 86_400) }
    let tags = try store.tags()
    let chosen = ids.isEmpty ? try store.runs(query) : try ids.map { try store.run($0) }
    let going = chosen.filter { !$0.isAlive && (tagged || tags[$0.id] == nil) }
    print(RunTables.list(going, tags: tags).text(), terminator: "")
    let kept = chosen.count - going.count
    let note = kept > 0 ? "; \(kept) more stay, since they are tagged or worked on" : ""
    guard yes else {
      print("\(going.count) runs would be forgotten\(note); add --yes to do it")
      return
    }
    try store.forget(going)
    if files {
      for run in going where FileManager.default.fileExists(atPath: run.folder) {
        try FileManager.default.removeItem(atPath: run.folder)
      }
    }
    print("\(going.count) runs are forgotten\(files ? " and their folders removed" : "")\(note)")
  }
}
