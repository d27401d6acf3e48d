import ArgumentParser
import Runs

struct InvertModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Reconstructs the people of a classifier and measures what that shows of them.",
    discussion: """
      Use it on a model that you own or are authorised by its owner to test; every report says that whoever
      made it is. A diffusion prior learns public images, and which of them the target takes for its people;
      images are then optimised under both. The folder gets report.html and report.md with a table from
      random public images over look-alikes and baselines to real images, and results.json.

      EXAMPLES
        touchstone invert model Recipes/inversion/model-portraits.yaml --profile quick
        touchstone invert model Recipes/inversion/model-orl.yaml --data orl-faces.tar.gz --profile quick
        touchstone invert model Recipes/inversion/model-portraits.yaml --target runs/classifier
      """)

  @OptionGroup var options: RunningOptions

  @Option(
    help: ArgumentHelp(
      "The audited classifier: the folder of a run or a TorchScript file, in place of the recipe's.",
      valueName: "path"))
  var target: String?

  @Option(help: ArgumentHelp("The classifier that judges.", valueName: "path"))
  var evaluator: String?

  @Flag(help: "Put pictures of people into the report, also of real ones.")
  var pictures = false

  func run() throws {
    var overrides = [("target", target), ("evaluator", evaluator)].compactMap { role, path in
      path.map { "\(role).path=" + RecipeValue.quoted($0) }
    }
    if pictures { overrides.append("pictures=true") }
    try options.run(as: [ModelKind.self], overrides: overrides)
  }
}
