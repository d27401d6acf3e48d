import ArgumentParser
import Runs

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Lists, shows, compares and exports the runs that the store remembers.",
    discussion: """
      EXAMPLES
        touchstone runs list --status failed
        touchstone runs show 62ed33c8
        touchstone runs compare 62ed33c8 9a58651b
        touchstone runs compare --recipe mnist --by variant
        touchstone runs export --format csv > runs.csv
        touchstone runs tag 62ed33c8 paper
        touchstone runs prune --status failed --yes
      """,
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsExportCommand.self,
      RunsTagCommand.self, RunsPruneCommand.self, RunsResumeCommand.self, RunsCheckCommand.self,
    ], defaultSubcommand: RunsListCommand.self)
}

/// Which runs of the store.
struct RunFilter: ParsableArguments {
  @Option(help: "Only runs of a kind, such as train.")
  var kind: String?

  @Option(help: "Only runs that are planned, running, finished, failed or interrupted.")
  var status: RunRecord.Status?

  @Option(help: "Only runs with a tag.")
  var tag: String?

  @Option(help: "Only runs whose recipe's path has this in it.")
  var recipe: String?

  @Option(help: "Only runs of a variant.")
  var variant: String?

  @Option(help: "Only runs of a sweep, by the beginning of its id.")
  var sweep: String?

  func query(limit: Int? = nil) -> RunQuery {
    var query = RunQuery()
    query.kind = kind
    query.status = status
    query.tag = tag
    query.recipe = recipe
    query.variant = variant
    query.sweep = sweep
    query.limit = limit
    return query
  }

  /// Whether nothing is left out.
  var isEmpty: Bool {
    kind == nil && status == nil && tag == nil && recipe == nil && variant == nil && sweep == nil
  }
}

extension RunRecord.Status: ExpressibleByArgument {}
