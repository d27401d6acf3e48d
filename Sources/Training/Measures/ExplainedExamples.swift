import Datasets
import Explanations
import Networks
import Perturbations
import Torch

/// What measures of explanations share: the methods, and how a finished network is asked.
struct ExplainedExamples: Sendable {
  /// What explains, one or two.
  let methods: [any Attribution]
  /// Which class's logit is explained.
  let focus: Focus
  /// What methods that look at a layer look at; the last convolution when `nil`.
  let layer: String?

  init(methods: [any Attribution], focus: Focus, layer: String?) {
    (self.methods, self.focus, self.layer) = (methods, focus, layer)
  }

  /// What is asked, against a baseline of 0, and about which examples.
  func question(
    about model: any Layer, on data: Dataset
  ) throws -> (question: Question, batch: Batch) {
    let frozen = FrozenNetwork(
      model, inputShape: data.inputShape, classCount: data.classNames.count)
    let needsLayer = methods.contains { $0.about.kind == .features }
    let question = Question(
      Target(frozen), focus: focus, reduction: .mean,
      tap: needsLayer ? try FeatureTap(frozen, layer: layer) : nil)
    return (question, data.batch(Array(0..<data.count)))
  }

  /// What is explained and by which settings, for findings.
  var text: String {
    let settings = methods.map { method in
      let list = method.settings.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      return list.isEmpty ? method.name : "\(method.name) \(list)"
    }
    return
      "Of the logit of the \(focus == .label ? "example's own" : "predicted") class, against a "
      + "baseline of 0, by \(settings.joined(separator: " and "))"
  }

  // MARK: Options of recipes

  /// The names of the options that both measures have.
  static let optionNames = ["class", "layer", "set"]

  /// Methods with options of a recipe: `set` changes their settings as `--set` of `touchstone explain`
  /// does, several changes with spaces between them.
  init(_ methods: [any Attribution], _ options: TermOptions) throws(TrainingError) {
    let word = try options.text("class", default: "predicted")
    guard ["predicted", "label"].contains(word), let focus = Focus(text: word) else {
      throw options.wrong("class", "predicted or label")
    }
    self.focus = focus
    layer = options.values["layer"] == nil ? nil : try options.text("layer", default: "")
    guard layer == nil || methods.contains(where: { $0.about.kind == .features }) else {
      throw options.wrong("layer", "left out, since no method looks at a layer")
    }
    self.methods = try Self.changed(methods, options)
  }

  /// The method that an option names.
  static func method(
    _ option: String, _ options: TermOptions, default standard: String
  ) throws(TrainingError) -> any Attribution {
    guard let method = try? Attributions.named(options.text(option, default: standard)) else {
      throw options.wrong(
        option, "one of \(Attributions.all.map(\.name).joined(separator: ", "))")
    }
    return method
  }

  private static func changed(
    _ methods: [any Attribution], _ options: TermOptions
  ) throws(TrainingError) -> [any Attribution] {
    var methods = methods
    let names = methods.map(\.name)
    for change in try options.text("set", default: "").split(separator: " ") {
      let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
      let path = parts[0].split(separator: ".").map(String.init)
      guard parts.count == 2, let setting = path.last else {
        throw options.wrong("set", "changes such as samples=100 or saliency.absolute=false")
      }
      let meant = methods.indices.filter { index in
        path.count == 1
          ? methods[index].settings.contains { $0.name == setting } : names[index] == path[0]
      }
      guard !meant.isEmpty else {
        throw options.wrong("set", "settings of \(names.joined(separator: " and "))")
      }
      for index in meant {
        do throws(ExplanationError) {
          methods[index] = try methods[index].setting(setting, to: parts[1])
        } catch {
          throw options.wrong("set", error.recoverySuggestion ?? error.description)
        }
      }
    }
    return methods
  }
}
