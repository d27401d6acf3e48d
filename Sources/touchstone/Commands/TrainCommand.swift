import ArgumentParser
import Audit
import Foundation
import Runs
import Training

import enum Reports.Suggestion
import struct Reports.TextTable

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network as a recipe says; goes on where an interrupted run stopped.",
    discussion: """
      The folder gets the resolved recipe, metrics.csv, checkpoints, the model as safetensors and as
      TorchScript (for Python: torch.jit.load), and results.json. The run store remembers the run.
      Of a prior of images (recipe: prior) it gets the prior, samples and a trajectory as pictures.

      EXAMPLES
        touchstone train Recipes/foundation/mnist-lenet.yaml --data mnist/ --out runs/lenet
        touchstone train Recipes/foundation/glyphs-cnn.yaml --profile quick \\
            --set training.batchSize=50
      """)

  @OptionGroup var options: RecipeOptions
  @OptionGroup var store: StoreOptions

  @Option(help: "The variant of the recipe's sweep that is trained.")
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

  func run() throws {
    let recipe = try chosenRecipe()
    let kind = try kind(of: recipe)
    if dryRun {
      print(try yaml(kind, recipe), terminator: "")
      return
    }
    let store = try store.open(for: .writing)
    let folder = URL(filePath: out ?? options.standardFolder).standardizedFileURL.path
    let environment = Versions.environment
    let record = try store.record(
      newRun(kind, recipe, folder: folder), environment: environment, reusing: .sameFolder)
    let interrupts = Interrupts()
    let voice = ProgressLine(isQuiet: quiet || json)
    let execution = RunExecution(
      kinds: RunKinds.all, store: store, environment: environment,
      isStopRequested: interrupts.isStopRequested, voice: voice)
    let result = try withExtendedLifetime(interrupts) {
      try execution.perform(record, tensorBoard: tensorboard)
    }
    guard let result else {
      voice.say("interrupted; the same command goes on from the checkpoint in \(folder)")
      return
    }
    if json {
      print(result.text(pretty: true), terminator: "")
    } else {
      let findings = try store.findings(of: [record])[record.id] ?? []
      print(RunTables.findings(findings).text(), terminator: "")
      print("run \(record.id): \(URL(filePath: folder).relativePath)")
    }
  }

  /// The kind that the recipe asks for, among those that train something.
  private func kind(of recipe: ResolvedRecipe) throws -> any RunKind.Type {
    let trained: [any RunKind.Type] = [TrainingKind.self, PriorKind.self]
    if let kind = trained.first(where: { $0.name == recipe.header.kind }) { return kind }
    _ = try TrainingKind.settings(of: recipe)
    return TrainingKind.self
  }

  private func yaml<Kind: RunKind>(_ kind: Kind.Type, _ recipe: ResolvedRecipe) throws -> String {
    recipe.yaml(of: try kind.settings(of: recipe))
  }

  private func newRun<Kind: RunKind>(
    _ kind: Kind.Type, _ recipe: ResolvedRecipe, folder: String
  ) throws -> NewRun {
    let settings = try kind.text(of: try kind.settings(of: recipe))
    return NewRun(
      kind: kind.name, recipe: options.recipe, profile: options.profile, variant: variant,
      seed: try JSONDecoder().decode(Seeded.self, from: Data(settings.utf8)).seed,
      settings: settings, folder: folder, version: Audit.version)
  }

  private func chosenRecipe() throws -> ResolvedRecipe {
    let seeds = seed.map { ["seed=\($0)"] } ?? []
    let recipe = try options.resolved(adding: seeds)
    guard let variant else { return recipe }
    let plan = try SweepPlan(recipe)
    let names = plan.variants.map(\.name)
    guard let chosen = plan.variants.first(where: { $0.name == variant }) else {
      let meant = Suggestion.nearest(to: variant, in: names).map { "did you mean '\($0)'?" }
      throw ValidationError(
        "\(options.recipe) has no variant '\(variant)'; "
          + (meant ?? "choose one of \(names.joined(separator: ", "))"))
    }
    return seed.map { chosen.recipe(seed: $0, budget: nil) } ?? chosen.recipe
  }
}

/// The part of any kind's settings that says what they are drawn from.
private struct Seeded: Decodable { let seed: UInt64 }
