import ArgumentParser
import Audit
import Foundation
import LinearGeometry
import Runs

import enum Reports.JSONValue
import struct Reports.TextTable

struct TiltCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tilt",
    abstract: "Shows how regularisation tilts linear boundaries between classes.",
    discussion: """
      Fits a linear classifier of each pair of classes at many levels of L2 regularisation, exactly,
      and measures the angle between its normal and the line between the centroids, the mean distance
      of examples from the boundary, and errors. The folder gets report.html (with sliders), report.md,
      tilt.csv and results.json; the run store remembers the run.

      EXAMPLES
        touchstone tilt --data mnist/ --pair 2,3 --per-class 3000
        touchstone tilt --data mnist/ --all-pairs --per-class 3000 --out runs/tilt
        touchstone tilt --data moons --pair 0,1 --loss softplus
        touchstone tilt --recipe Recipes/geometry/mnist-pairs.yaml --profile quick
      """)

  @Option(
    help: ArgumentHelp(
      "A folder, archive or table of data, or the name of a built-in set (touchstone data list).",
      valueName: "path"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Two class numbers. Repeatable.", valueName: "i,j"))
  var pair: [String] = []

  @Flag(help: "Every pair of classes.")
  var allPairs = false

  @Option(help: "The loss: hinge, softplus (logistic regression) or squared; hinge.")
  var loss: String?

  @Option(help: "The training examples of each class, from the first on; all when not given.")
  var perClass: Int?

  @Option(
    parsing: .unconditional,
    help: "The exponent of the strongest regularisation, a power of ten; 2.")
  var from: Double?

  @Option(parsing: .unconditional, help: "The exponent of the weakest; -6.")
  var to: Double?

  @Option(help: "Levels in a factor of ten; 10.")
  var perDecade: Int?

  @Option(help: "The relative duality gap of every level; 1e-6.")
  var tolerance: Double?

  @Option(help: "A recipe with these settings; options change it.")
  var recipe: String?

  @Option(help: "A profile of the recipe, such as tiny, quick or full.")
  var profile: String?

  @Option(help: "The folder of the run; runs/tilt or named after the recipe when not given.")
  var out: String?

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard data != nil || recipe != nil else {
      throw ValidationError("tilt needs --data or a --recipe that names it")
    }
    guard !(allPairs && !pair.isEmpty) else {
      throw ValidationError("give --pair or --all-pairs, not both")
    }
    guard recipe != nil || allPairs || !pair.isEmpty else {
      throw ValidationError("tilt needs --pair i,j or --all-pairs")
    }
    guard profile == nil || recipe != nil else {
      throw ValidationError("--profile is for a --recipe")
    }
    if let loss, !["hinge", "softplus", "squared"].contains(loss) {
      throw ValidationError("--loss is \(loss), give hinge, softplus or squared")
    }
  }

  func run() throws {
    let settings = try TiltKind.settings(of: resolved())
    let store = try store.open(for: .writing)
    let folder = URL(filePath: out ?? standardFolder).standardizedFileURL.path
    let environment = Versions.environment
    let record = try store.record(
      NewRun(
        kind: TiltKind.name, recipe: recipe ?? "tilt", profile: profile, seed: settings.seed,
        settings: try TiltKind.text(of: settings), folder: folder, version: Audit.version),
      environment: environment, reusing: .sameFolder)
    let voice = ProgressLine(isQuiet: quiet || json)
    let execution = RunExecution(
      kinds: RunKinds.all, store: store, environment: environment,
      isStopRequested: Interrupts.watch(), voice: voice)
    let result = try execution.perform(record)
    guard let result else {
      voice.say("interrupted; nothing was kept")
      throw Exit.interrupted
    }
    if json {
      print(result.text(pretty: true), terminator: "")
    } else {
      let findings = try store.findings(of: [record])[record.id] ?? []
      print(RunTables.findings(findings).text(), terminator: "")
      print("report: \(URL(filePath: folder).appending(path: "report.html").relativePath)")
    }
  }

  private var standardFolder: String {
    guard let recipe else { return "runs/tilt" }
    let stem = URL(filePath: recipe).deletingPathExtension().lastPathComponent
    return "runs/" + stem + (profile.map { "-\($0)" } ?? "")
  }

  /// The recipe under the options, which are overrides, so that it says what is run.
  private func resolved() throws -> ResolvedRecipe {
    let file =
      try recipe.map { try RecipeFile.load(URL(filePath: $0)) }
      ?? RecipeFile(yaml: "recipe: tilt\n", path: "the options")
    var overrides: [String] = []
    func add(_ key: String, _ value: Any?) {
      if let value { overrides.append("\(key)=\(value)") }
    }
    add("data.source", data.map(RecipeValue.quoted))
    add("data.perClass", perClass)
    if allPairs { overrides.append("pairs=[]") }
    if !pair.isEmpty {
      let pairs = pair.map(RecipeValue.quoted)
      overrides.append("pairs=[\(pairs.joined(separator: ", "))]")
    }
    add("loss", loss)
    add("lambda.from", from)
    add("lambda.to", to)
    add("lambda.perDecade", perDecade)
    add("tolerance", tolerance)
    return try file.resolved(profile: profile, overrides: overrides)
  }
}
