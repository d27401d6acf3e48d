import ArgumentParser
import Audit
import Datasets
import Explanations
import Networks
import Perturbations
import Reports

/// Which methods and metrics, with which settings.
struct ExplanationOptions: ParsableArguments {
  @Option(
    name: .customLong("method"), parsing: .upToNextOption,
    help: "The methods, by name; touchstone explanations lists what there is.")
  var methods = ["saliency"]

  @Option(
    name: .customLong("metric"), parsing: .upToNextOption,
    help: "What is measured of the maps, by name; touchstone explanations lists what there is.")
  var metrics: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a setting of every method that has it, or of one: rise.samples=1000. Repeatable.",
      valueName: "setting=value"))
  var changes: [String] = []

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("The class to explain: predicted, label, or a number.", valueName: "class"))
  var focus = "predicted"

  @Option(help: "What is explained: logits or probabilities.")
  var scale: OutputScale = .logits

  @Option(help: "What stands in for what is taken away: a number, mean, or blur:5.")
  var baseline = "0"

  @Option(help: "How channels are brought together: none, mean or max.")
  var channels: ChannelReduction = .mean

  @Option(help: "The layer that grad-cam looks at; the last convolution when not given.")
  var layer: String?

  @Option(help: "How many rows go through the model at once; bounds memory.")
  var cap = 64

  /// The methods, with the settings that were changed.
  func makeMethods() throws -> [any Attribution] {
    var made = try methods.map(Self.method)
    let names = made.map(\.name)
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw ValidationError("--method names \(twice) twice; give each method once")
    }
    for change in changes {
      let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--set \(change) has no =; give setting=value, such as samples=100")
      }
      let name = parts[0].split(separator: ".", maxSplits: 1).map(String.init)
      let option = name.last ?? parts[0]
      var isUsed = false
      for index in made.indices {
        let isMeant = name.count == 2 ? made[index].name == name[0] : true
        guard isMeant,
          name.count == 2 || made[index].settings.contains(where: { $0.name == option })
        else { continue }
        made[index] = try made[index].setting(option, to: parts[1])
        isUsed = true
      }
      guard isUsed else {
        throw ValidationError(
          "--set \(change): none of the methods asked for has a setting '\(option)'")
      }
    }
    return made
  }

  /// The method with a name, or which one may have been meant.
  static func method(_ name: String) throws -> any Attribution {
    let known = Attributions.all.map(\.name)
    if !known.contains(name.lowercased()),
      let meant = Reports.Suggestion.nearest(to: name, in: known)
    {
      throw ValidationError("there is no explanation method '\(name)'; did you mean '\(meant)'?")
    }
    return try Attributions.named(name)
  }

  /// The metrics, with grids that suit the inputs.
  func makeMetrics(for shape: [Int]) throws -> [any ExplanationMetric] {
    try metrics.map { name in
      let known = ExplanationMetrics.all.map(\.about.name)
      if !known.contains(name), let meant = Reports.Suggestion.nearest(to: name, in: known) {
        throw ValidationError("there is no metric '\(name)'; did you mean '\(meant)'?")
      }
      let metric = try ExplanationMetrics.named(name)
      guard var fidelity = metric as? MuFidelity else { return metric }
      fidelity.groups = MuFidelity.groups(suiting: shape)
      return fidelity
    }
  }

  func question(
    about classifier: any Classifier, for methods: [any Attribution]
  ) throws -> Question {
    guard let focus = Focus(text: focus) else {
      throw ValidationError("--class is '\(self.focus)'; give predicted, label or a number")
    }
    guard let baseline = Baseline(text: baseline) else {
      throw ValidationError("--baseline is '\(self.baseline)'; give a number, mean or blur:5")
    }
    let needsLayer = methods.contains { $0.about.kind == .features }
    guard needsLayer || layer == nil else {
      throw ValidationError("--layer is for grad-cam and grad-cam++, and neither was asked for")
    }
    return Question(
      Target(classifier), focus: focus, scale: scale, baseline: baseline, reduction: channels,
      batchCap: cap, tap: needsLayer ? try FeatureTap(classifier, layer: layer) : nil)
  }
}

extension OutputScale: ExpressibleByArgument {}
extension ChannelReduction: ExpressibleByArgument {}
