import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Runs
import Statistics
import Torch
import Training

/// Judges a trained model: error rates with their intervals, example by example.
struct TrainingEvaluation {
  let model: FrozenNetwork
  let threads: Int
  let seed: UInt64

  /// The share of examples that are misclassified; of several labels, how many are wrong, how many
  /// examples have a wrong one, and how well scores rank.
  func judge(
    _ data: Dataset, as part: String, _ result: inout RunResult, _ table: inout SampleTable
  ) throws {
    let predictions = try predictions(on: data)
    try table.append(.init("index", .integers(data.sourceIndices)))
    if let labels = predictions.ofLabels {
      try table.append(.init("labels", LabelPredictions.column(data.labelSets)))
      try table.append(.init("predicted", LabelPredictions.column(labels.predicted)))
    } else {
      try table.append(.init("label", .integers(predictions.labels)))
      try table.append(.init("predicted", .integers(predictions.classes)))
    }
    try judge(predictions, as: part, of: data.exampleDigest(), &result)
  }

  /// The same without a table.
  func judge(_ data: Dataset, as part: String, _ result: inout RunResult) throws {
    try judge(predictions(on: data), as: part, of: data.exampleDigest(), &result)
  }

  private func judge(
    _ predictions: Predictions, as part: String, of examples: String, _ result: inout RunResult
  ) throws {
    guard let labels = predictions.ofLabels else {
      return try add(
        "\(part)_error", title(of: part), predictions.correct.map { !$0 }, of: examples,
        to: &result)
    }
    let findings = LabelFindings(labels, seed: seed)
    let (share, exact) = ("\(part)_label_error", "\(part)_exact_match_error")
    for finding in [
      try findings.labelError(id: share, title: title(of: "\(part) label")),
      try findings.exactMatchError(id: exact, title: title(of: "\(part) exact-match")),
      try findings.rocArea(
        id: "\(part)_roc_area", title: "Mean ROC area over labels, \(part) examples"),
    ] {
      result.findings.append(RunFinding(finding, count: labels.wrongShares.count))
    }
    result.outcomes[share] = Outcomes(labels.wrongShares, of: examples)
    result.outcomes[exact] = Outcomes(labels.isWrong, of: examples)
  }

  /// The share of the first examples that are misclassified somewhere in the ball, as far as an
  /// attack finds out.
  func attack(
    _ data: Dataset, _ entry: TrainingRecipe.AttackEntry, _ result: inout RunResult,
    _ table: inout SampleTable
  ) throws {
    let count = min(entry.count, data.count)
    let outcome = try run(entry, on: data, count: count)
    let (measure, size) = try bounds(of: entry)
    let id = "robust_error.\(entry.attack).\(measure).\(size)"
    try add(
      id, "Error under \(entry.attack), \(measure) \(size)", outcome.success,
      of: data.exampleDigest(), to: &result)
    let rest = [Bool?](repeating: nil, count: data.count - count)
    try table.append(.init(id, .flags(outcome.success + rest)))
    guard let vocabulary = data.vocabulary, outcome.adversarial.dtype == .int64 else { return }
    let texts = (0..<count).map { row -> String? in
      vocabulary.text(of: outcome.adversarial[row].values(as: Int.self))
    }
    let others = [String?](repeating: nil, count: data.count - count)
    try table.append(.init("\(id).text", .texts(texts + others)))
  }

  /// How the perturbation of an attack is measured, and how large it may be.
  private func bounds(
    of entry: TrainingRecipe.AttackEntry
  ) throws -> (measure: String, size: String) {
    switch try entry.makeAttack() {
    case let attack as HotFlip: ("flips", "\(attack.flips)")
    case let attack as EmbeddingGradient where attack.scope == .token:
      ("\(entry.norm)_token", FindingID.part(for: entry.radius))
    default: (entry.norm, FindingID.part(for: entry.radius))
    }
  }

  /// Attacks the first examples.
  func run(
    _ entry: TrainingRecipe.AttackEntry, on data: Dataset, count: Int, stopsEarly: Bool = true
  ) throws -> AttackResult {
    let box =
      data.range == Dataset.unbounded
      ? nil : Double(data.range.lowerBound)...Double(data.range.upperBound)
    let target = Target(model)
    // As many workers as the run has threads: a sweep's runs share the cores.
    let context = Context(seed: seed, workers: threads, group: Job.group)
    return try AttackEngine().run(
      entry.makeAttack(stopsEarly: stopsEarly).starting(from: data), on: target,
      data.batch(Array(0..<count)),
      within: entry.makeBall(box: box), context: context)
  }

  /// A number of every example of a part, and their mean with its interval.
  func measure(
    _ entry: TrainingRecipe.MeasureEntry, of network: any Layer, on data: Dataset,
    _ result: inout RunResult
  ) throws {
    let measure = try entry.makeMeasure()
    let examples = try data.prefix(entry.count)
    let name = measure.isNamedAfterPart ? "\(entry.part.rawValue)_\(measure.name)" : measure.name
    let id = ([name] + measure.radii.map(FindingID.part(for:))).joined(separator: ".")
    if let measure = measure as? any SetMeasure {
      return try estimate(measure, id: id, entry, of: network, on: examples, &result)
    }
    let values = try measure.values(
      of: network, on: examples, context: Context(seed: seed, workers: threads, group: Job.group))
    let outcomes = Outcomes(values, of: try data.exampleDigest())
    var stream = RandomStream(seed: seed, purpose: "interval.\(id)")
    // One number that is none spoils a mean; that is said, not hidden.
    let mean = try? MeanEstimate(of: values, using: &stream)
    // Of a share that nobody or everybody has, drawing examples would say that it is certain.
    let share = try outcomes.bits.map { try Proportion($0).wilson() }
    let finding = try Finding(
      id: id, title: measure.title, value: mean?.mean, interval: share ?? mean?.interval,
      unit: measure.unit, better: measure.isLowerBetter ? .lower : .higher,
      detail: """
        \(measure.method) \(values.count) \(entry.part.rawValue) examples\
        \(mean == nil ? ", not all of which have a finite number" : "").
        """)
    result.findings.append(RunFinding(finding, count: values.count))
    if mean != nil { result.outcomes[id] = outcomes }
  }

  /// An answer that belongs to all examples of a part together.
  private func estimate(
    _ measure: any SetMeasure, id: String, _ entry: TrainingRecipe.MeasureEntry,
    of network: any Layer, on examples: Dataset, _ result: inout RunResult
  ) throws {
    let estimate = try measure.estimate(
      of: network, on: examples, context: Context(seed: seed, workers: threads, group: Job.group))
    let finding = try Finding(
      id: id, title: measure.title, value: estimate.value, interval: estimate.interval,
      unit: measure.unit, better: measure.isLowerBetter ? .lower : .higher,
      detail: """
        \(measure.method) \(examples.count) \(entry.part.rawValue) examples. \(estimate.remark)
        """)
    result.findings.append(RunFinding(finding, count: estimate.count))
  }

  private func predictions(on data: Dataset) throws -> Predictions {
    try Predictions(
      of: model, on: data, engine: AttackEngine(chunkSize: 500),
      context: Context(seed: seed, workers: threads, group: Job.group))
  }

  private func title(of part: String) -> String {
    part.prefix(1).uppercased() + part.dropFirst() + " error"
  }

  private func add(
    _ id: String, _ title: String, _ wrong: [Bool], of examples: String,
    to result: inout RunResult
  ) throws {
    let rate = Proportion(wrong)
    let finding = try Finding(
      id: id, title: title, value: rate.rate, interval: try rate.wilson(), better: .lower,
      detail: "\(rate.successes) of \(rate.trials) examples.")
    result.findings.append(RunFinding(finding, count: rate.trials))
    result.outcomes[id] = Outcomes(wrong, of: examples)
  }
}
