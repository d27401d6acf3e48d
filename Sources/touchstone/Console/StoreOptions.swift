import ArgumentParser
import Foundation
import Runs

/// Which run store.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The run store, an SQLite file; $TOUCHSTONE_STORE or \(RunStore.standardPath) when not given.
      """,
      valueName: "file"))
  var store: String?

  var path: String {
    Job.store(
      store ?? ProcessInfo.processInfo.environment["TOUCHSTONE_STORE"] ?? RunStore.standardPath)
  }

  func open(for access: RunStore.Access) throws -> RunStore {
    try RunStore(at: path, for: access)
  }
}

/// The recipe of a run, with what changes it.
struct RecipeOptions: ParsableArguments {
  @Argument(help: "The recipe, a YAML file.")
  var recipe: String

  @Option(help: "A profile of the recipe, such as tiny, quick or full.")
  var profile: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a setting, such as training.steps=500. Repeatable.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "The data, in place of the recipe's data.source.")
  var data: String?

  /// The recipe with profile and overrides; options are overrides too, so that it says what is run.
  func resolved(adding more: [String] = []) throws -> ResolvedRecipe {
    let file = try RecipeFile.load(URL(filePath: recipe))
    let data = data.map { ["data.source=\(RecipeValue.quoted($0))"] } ?? []
    return try file.resolved(profile: profile, overrides: overrides + data + more)
  }

  /// A folder under `runs/` named after the recipe and its profile.
  var standardFolder: String {
    let stem = URL(filePath: recipe).deletingPathExtension().lastPathComponent
    return "runs/" + stem + (profile.map { "-\($0)" } ?? "")
  }
}
