import ArgumentParser
import Runs

/// What a model of one's own gives away about people.
struct InvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invert",
    abstract: "Reconstructs people from what a model of your own says of them.",
    subcommands: [InvertTemplateCommand.self, InvertModelCommand.self])
}

struct InvertTemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Reconstructs images from an encoder's templates and measures how often they pass.",
    discussion: """
      Use it on a model that you own or are authorised by its owner to test; every report says that
      whoever made it is. A diffusion prior learns on public images what image a template belongs to,
      and is told the templates of private people. The folder gets report.html and report.md with
      success attack rates between look-alikes and real images, the prior and results.json.

      EXAMPLES
        touchstone invert template Recipes/inversion/template-portraits.yaml --profile quick \\
            --variant both
        touchstone invert template Recipes/inversion/template-portraits.yaml --system runs/encoder
        touchstone invert template Recipes/inversion/template-orl.yaml --data orl-faces.tar.gz \\
            --pictures
      """)

  @OptionGroup var options: RunningOptions

  @Option(
    help: ArgumentHelp(
      "The audited encoder: the folder of a run or a TorchScript file, in place of the recipe's.",
      valueName: "path"))
  var system: String?

  @Option(
    help: ArgumentHelp(
      "The encoder in the attack's loss, for a black box.", valueName: "path"))
  var attack: String?

  @Option(help: ArgumentHelp("The encoder that judges independently.", valueName: "path"))
  var evaluation: String?

  @Flag(help: "Put pictures of people into the report, also of real ones.")
  var pictures = false

  func run() throws {
    let paths = [("system", system), ("attack", attack), ("evaluation", evaluation)]
    var overrides = paths.compactMap { role, path in
      path.map { "encoders.\(role).path=" + RecipeValue.quoted($0) }
    }
    if pictures { overrides.append("pictures=true") }
    try options.run(as: [TemplateKind.self], overrides: overrides)
  }
}
