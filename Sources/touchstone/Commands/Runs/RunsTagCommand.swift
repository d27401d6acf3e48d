import ArgumentParser
import Runs

struct RunsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Gives a run tags, or takes them away.")

  @Argument(help: "The id of the run, or its beginning.")
  var id: String

  @Argument(help: "The tags.")
  var tags: [String]

  @Flag(help: "Take the tags away.")
  var remove = false

  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(for: .writing)
    let run = try store.run(id)
    for tag in tags { try store.tag(run, tag, isRemoved: remove) }
    let now = try store.tags()[run.id] ?? []
    print("\(run.id): \(now.isEmpty ? "no tags" : now.joined(separator: " "))")
  }
}
