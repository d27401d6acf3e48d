import ArgumentParser
import Audit
import Datasets
import Explanations
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

struct CounterfactualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "counterfactual",
    abstract: "Moves examples along the gradient of a margin, to and over the decision boundary.",
    discussion: """
      A step is the margin f over the length of its gradient: x - f ∇f / |∇f|². For a network that
      transports it ends on the boundary. Points are also cut to the values that inputs can take, and
      reported apart, since what is known of the way does not hold for what was cut.

      EXAMPLES
        touchstone counterfactual --model cnn.pt --data fashion-mnist/ --count 100 --out out/counter
        touchstone counterfactual --run runs/snowflakes --data snowflakes --multiples 1 2
        touchstone counterfactual --model cnn.pt --data mnist/ --target 8 --count 20 --json
      """)

  @OptionGroup var subject: SubjectOptions
  @OptionGroup var options: RunOptions

  @Option(parsing: .upToNextOption, help: "How many steps along the way points are taken.")
  var multiples = [0.5, 1, 1.5, 2]

  @Option(help: "The class to reach: runner-up, or a number.")
  var target = "runner-up"

  @Option(help: "How many examples, from the first on; all when not given.")
  var count: Int?

  @Option(help: "How many of them are shown as pictures.")
  var shown = 16

  @Option(help: "How many rows go through the model at once; bounds memory.")
  var cap = 64

  @Option(help: "A folder for points, tables, pictures and a page.")
  var out: String?

  func run() throws {
    guard let goal = TransportCounterfactual.Goal(text: target) else {
      throw ValidationError("--target is '\(target)'; give runner-up or the number of a class")
    }
    guard shown >= 0 else { throw ValidationError("--shown is \(shown), give at least 0") }
    let context = try options.context()
    try out.map { try ReportFolder($0).check() }
    guard let (name, classifier, data) = try subject.load(context.device) else {
      throw ValidationError("counterfactual needs --model or --run, and --data")
    }
    let examples = try data.prefix(count ?? data.count)
    let batch = examples.batch(Array(0..<examples.count))
    let box =
      data.range == Dataset.unbounded
      ? nil : Double(data.range.lowerBound)...Double(data.range.upperBound)
    let found = try TransportCounterfactual(multiples: multiples, goal: goal, box: box).find(
      batch, on: Target(classifier), context: context, batchCap: cap)
    let output = CounterfactualOutput(
      model: name, data: examples, batch: batch, found: found, seed: options.seed)
    if let out {
      let plane =
        goal == .runnerUp
        ? try CounterfactualPlane(of: classifier, on: examples, context: context) : nil
      try output.write(to: out, shown: shown, plane: plane, plotly: Folders.plotly)
    }
    print(
      options.json ? try output.json.text(pretty: true, sortedKeys: true) : try output.text)
  }
}
