import ArgumentParser
import Foundation
import Runs
import Training

import enum Reports.JSONValue

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network as a recipe says; goes on where an interrupted run stopped.",
    discussion: """
      The folder gets the resolved recipe, metrics.csv, checkpoints, the model as safetensors and as
      TorchScript (for Python: torch.jit.load), and results.json.

      EXAMPLES
        touchstone train Recipes/foundation/mnist-lenet.yaml --data mnist/ --out runs/lenet
        touchstone train Recipes/foundation/glyphs-cnn.yaml --profile quick \\
            --set training.batchSize=50
      """)

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

  @Option(help: "The folder of the run; runs/NAME-OF-THE-RECIPE when not given.")
  var out: String?

  @Option(help: "The seed, in place of the recipe's.")
  var seed: UInt64?

  @Flag(help: "Print the resolved recipe and stop.")
  var dryRun = false

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let file = try RecipeFile.load(URL(filePath: recipe))
    // Options are overrides too, so that the resolved recipe says what was run.
    var overrides = overrides
    if let data { overrides.append("data.source=\(JSONValue.string(data).text())") }
    if let seed { overrides.append("seed=\(seed)") }
    let resolved = try file.resolved(profile: profile, overrides: overrides)
    guard resolved.header.kind == "train" else {
      throw ValidationError(
        "\(recipe) is a recipe for '\(resolved.header.kind)', not for 'train'")
    }
    let settings: TrainingRecipe = try resolved.decode()
    if dryRun {
      print(resolved.yaml)
      return
    }
    let name = URL(filePath: recipe).deletingPathExtension().lastPathComponent
    let folder = URL(filePath: out ?? "runs/\(name)")
    let run = try TrainingRun(recipe: settings, resolved: resolved, folder: folder)
    try run.start(ProgressLine(isQuiet: quiet || json), printsJSON: json)
  }
}
