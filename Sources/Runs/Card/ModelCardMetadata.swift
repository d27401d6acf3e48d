import Foundation
import Reports

/// The YAML at the head of a model card.
struct ModelCardMetadata {
  let content: ModelCardContent
  let options: ModelCard.Options

  /// The metadata between their marks.
  ///
  /// - Throws: what the YAML encoder throws.
  func yaml() throws -> String {
    var object: JSONObject = [:]
    if let license = options.license { object["license"] = .string(license) }
    object["library_name"] = "touchstone"
    object["pipeline_tag"] = .string(task)
    object["tags"] = .array(tags.map { .string($0) })
    if !datasets.isEmpty { object["datasets"] = .array(datasets.map { .string($0) }) }
    if !metrics.isEmpty { object["metrics"] = .array(metrics.map { .string($0) }) }
    if !models.isEmpty { object["model-index"] = .array(models) }
    let open =
      options.license == nil
      ? "# license: choose one, see https://hf.co/docs/hub/repositories-licenses\n" : ""
    return "---\n\(open)\(try RecipeValue.yaml(of: JSONValue.object(object)))---\n"
  }

  private var task: String {
    if let task = options.task { return task }
    let settings = content.isSweep ? content.settings.member("settings") : content.settings
    let network = settings?.text(at: "model", "name") ?? settings?.text(at: "subject", "kind")
    return ModelCardTask.name(
      kind: content.kind, network: network == "encoder" ? "identity-" : network)
  }

  private var tags: [String] {
    let measured = RiskArea.all.filter { area in
      content.groups.contains { $0.numbers.contains { area.covers($0.id) } }
    }
    return ["touchstone"] + measured.map(\.tag)
  }

  /// Names of sets of data that lie in files; those that are drawn are on no hub.
  private var datasets: [String] {
    unique(
      content.groups.map(\.data).filter { $0.contains("/") || $0.contains(".") }.map(Self.slug))
  }

  private var metrics: [String] {
    unique(
      content.groups.flatMap(\.numbers).map { ModelCardTask.metric($0.id) }.filter {
        ["accuracy", "roc_auc"].contains($0)
      })
  }

  private func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// `data/orl-faces.tar.gz` is `orl-faces`.
  static func slug(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    return String(
      stem.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" })
  }

  // MARK: Results

  private var models: [JSONValue] {
    var names: [String] = []
    for group in content.groups where !names.contains(group.name) { names.append(group.name) }
    return names.compactMap { name in
      let groups = content.groups.filter { $0.name == name }.map(main)
        .filter { !$0.numbers.isEmpty }
      guard !groups.isEmpty else { return nil }
      let title = content.isSweep ? name : options.name ?? name
      return ["name": .string(title), "results": .array(groups.map(results))]
    }
  }

  /// The index has the numbers that models are compared by; the text has all.
  private func main(_ group: ModelCardContent.Group) -> ModelCardContent.Group {
    let rest = [
      "gradients.", "explanation.", "counterfactual.", "transport.", "certified.contradictions.",
      "smoothness.", "geometry.",
    ]
    var main = group
    if group.audit != nil {
      main.numbers.removeAll { number in rest.contains { number.id.hasPrefix($0) } }
    }
    return main
  }

  private func results(_ group: ModelCardContent.Group) -> JSONValue {
    var dataset: JSONObject = ["name": .string(group.data), "type": .string(Self.slug(group.data))]
    if !group.split.isEmpty { dataset["split"] = .string(group.split) }
    return [
      "task": ["type": .string(task), "name": .string(ModelCardTask.title(task))],
      "dataset": .object(dataset), "metrics": .array(group.numbers.map(metric)),
    ]
  }

  /// The hub has no place for intervals and sizes, so that they are part of the name.
  private func metric(_ number: ModelCardContent.Number) -> JSONValue {
    let interval = SweepText.interval(number.interval, unit: number.unit)
    let size = ExperimentText.size(
      seeds: number.seeds, examples: number.examples.map { $0...$0 })
    let more = [
      interval.isEmpty ? nil : "95 % interval \(interval)", size.isEmpty ? nil : "n = \(size)",
    ].compactMap(\.self)
    let name =
      number.title + (more.isEmpty ? "" : " (\(more.joined(separator: ", ")))")
    return [
      "type": .string(ModelCardTask.metric(number.id)), "name": .string(name),
      "value": .number(number.value), "verified": false,
    ]
  }
}
