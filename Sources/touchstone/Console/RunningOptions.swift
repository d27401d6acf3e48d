import ArgumentParser
import Audit
import Foundation
import Runs

import enum Reports.Suggestion

/// What commands have in common that work on one run of a recipe in a folder.
struct RunningOptions: ParsableArguments {
  @OptionGroup var options: RecipeOptions
  @OptionGroup var store: StoreOptions

  @Option(help: "The variant of the recipe's sweep that is run.")
  var variant: String?

  @Option(help: "The folder of the run; runs/NAME-OF-THE-RECIPE when not given.")
  var out: String?

  @Option(help: "The seed, in place of the recipe's.")
  var seed: UInt64?

  @Option(help: "A folder for TensorBoard's event files.")
  var tensorboard: String?

  @Flag(help: "Print the resolved recipe and stop.")
  var dryRun = false

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  /// Runs, or goes on where an earlier attempt stopped.
  ///
  /// - Parameters:
  ///   - kinds: what the recipe may be; the first is named when it is something else.
  ///   - overrides: settings that other options of the command stand for.
  func run(as kinds: [any RunKind.Type], overrides: [String] = []) throws {
    let recipe = try chosenRecipe(overrides)
    let kind = try kind(of: recipe, among: kinds)
    if dryRun {
      print(try yaml(kind, recipe), terminator: "")
      return
    }
    let store = try store.open(for: .writing)
    let folder = URL(filePath: Job.folder(out ?? options.standardFolder)).standardizedFileURL.path
    let environment = Versions.environment
    let record = try store.record(
      newRun(kind, recipe, folder: folder), environment: environment, reusing: .sameFolder)
    let voice = ProgressLine(isQuiet: quiet || json)
    let execution = RunExecution(
      kinds: RunKinds.all, store: store, environment: environment,
      isStopRequested: Interrupts.watch(), voice: voice)
    let result = try execution.perform(record, tensorBoard: tensorboard)
    guard let result else {
      voice.say("interrupted; the same command goes on from the checkpoint in \(folder)")
      throw Exit.interrupted
    }
    if json {
      print(result.text(pretty: true), terminator: "")
    } else {
      let findings = try store.findings(of: [record])[record.id] ?? []
      print(RunTables.findings(findings).text(), terminator: "")
      print("run \(record.id): \(URL(filePath: folder).relativePath)")
    }
  }

  private func kind(
    of recipe: ResolvedRecipe, among kinds: [any RunKind.Type]
  ) throws -> any RunKind.Type {
    if let kind = kinds.first(where: { $0.name == recipe.header.kind }) { return kind }
    throw RecipeError.otherKind(
      file: recipe.file.path, kind: recipe.header.kind,
      expected: kinds.first.map { $0.name } ?? "")
  }

  private func yaml<Kind: RunKind>(_ kind: Kind.Type, _ recipe: ResolvedRecipe) throws -> String {
    recipe.yaml(of: try kind.settings(of: recipe))
  }

  private func newRun<Kind: RunKind>(
    _ kind: Kind.Type, _ recipe: ResolvedRecipe, folder: String
  ) throws -> NewRun {
    try NewRun(
      recipe, of: kind, name: options.recipe, variant: variant, folder: folder,
      version: Audit.version)
  }

  private func chosenRecipe(_ overrides: [String]) throws -> ResolvedRecipe {
    let seeds = seed.map { ["seed=\($0)"] } ?? []
    let recipe = try options.resolved(adding: seeds + overrides)
    guard let variant else { return recipe }
    let plan = try SweepPlan(recipe)
    let names = plan.variants.map(\.name)
    guard let chosen = plan.variants.first(where: { $0.name == variant }) else {
      let meant = Suggestion.nearest(to: variant, in: names).map { "did you mean '\($0)'?" }
      throw ValidationError(
        "\(options.recipe) has no variant '\(variant)'; "
          + (meant ?? "choose one of \(names.joined(separator: ", "))"))
    }
    let single = seed.map { chosen.recipe(seed: $0, budget: nil) } ?? chosen.recipe
    return try single.overriddenAgain()
  }
}
