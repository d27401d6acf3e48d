import ArgumentParser
import Audit
import Datasets
import Explanations
import Foundation
import Networks
import Perturbations
import Reports
import Torch

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says which features a model's answers rest on, and what that is worth.",
    discussion: """
      The folder gets maps.npz (a map an example and method), samples.csv, explain.html, and heat maps as
      PNG by themselves and over the examples. Red speaks for the class, blue against it.

      EXAMPLES
        touchstone explain --model cnn.pt --data fashion-mnist/ --method saliency smoothgrad rise \\
            --metric deletion insertion mu-fidelity --count 100 --out out/why
        touchstone explain --run runs/lenet --data mnist/ --method grad-cam --layer features.3 \\
            --class 8 --out out/eight
        touchstone explain --model cnn.pt --data mnist/ --method kernel-shap --set grid=4 --count 4
        touchstone explain --run runs/lenet --data mnist/ --randomise --method saliency
        touchstone explain --list
      """)

  @OptionGroup var subject: SubjectOptions
  @OptionGroup var explanation: ExplanationOptions
  @OptionGroup var options: RunOptions

  @ArgumentParser.Flag(help: "List methods and metrics, as touchstone explanations does.")
  var list = false

  @Option(help: "How many examples are explained, from the first on.")
  var count = 16

  @Option(help: "How many of them are shown as pictures.")
  var shown = 16

  @ArgumentParser.Flag(
    help: "Replace the network's weights with random ones, layer by layer, and compare the maps.")
  var randomise = false

  @Option(help: "The resamples of bootstrap intervals.")
  var resamples = 4000

  @Option(help: "A folder for maps, tables, pictures and a page.")
  var out: String?

  func run() throws {
    if list {
      try ExplanationsCommand.parse([]).run()
      return
    }
    let methods = try explanation.makeMethods()
    _ = try explanation.makeMetrics(for: [1])
    guard shown >= 0 else { throw ValidationError("--shown is \(shown), give at least 0") }
    guard resamples >= 1 else {
      throw ValidationError("--resamples is \(resamples), give at least 1")
    }
    let context = try options.context()
    try out.map { try ReportFolder($0).check() }
    guard let (name, classifier, data) = try subject.load(context.device) else {
      throw ValidationError("explain needs --model or --run, and --data")
    }
    if randomise { try RandomisationCheck.check(classifier) }
    let examples = try data.prefix(count)
    let batch = examples.batch(Array(0..<examples.count))
    let progress = ProgressLine(isQuiet: options.quiet || options.json)
    var study = ExplanationStudy(
      model: name, data: examples, batch: batch, resamples: resamples, context: context,
      question: try explanation.question(about: classifier, for: methods))
    let metrics = try explanation.makeMetrics(for: data.inputShape)
    for method in methods {
      try study.add(method, metrics: metrics) { progress.update($0, of: $1, method.name) }
    }
    if randomise {
      for method in methods { try study.randomise(method, classifier) }
    }
    if let out {
      try ExplanationOutput(study: study, shown: shown).write(to: out, plotly: Folders.plotly)
    }
    print(options.json ? try study.json.text(pretty: true, sortedKeys: true) : try study.text)
  }
}
