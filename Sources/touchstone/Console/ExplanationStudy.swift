import Audit
import Datasets
import Explanations
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

/// Several methods on the same examples, with what was measured of each.
struct ExplanationStudy {
  let model: String
  let data: Dataset
  let batch: Batch
  let resamples: Int
  let context: Context
  let question: Question
  private(set) var results: [AttributionResult] = []
  /// By method, then metric: one number an example.
  private(set) var measured: [[(metric: MetricDescription, values: [Double])]] = []
  private(set) var randomised: [(method: String, stages: [RandomisationCheck.Stage])] = []

  init(
    model: String, data: Dataset, batch: Batch, resamples: Int, context: Context,
    question: Question
  ) {
    (self.model, self.data, self.batch) = (model, data, batch)
    (self.resamples, self.context, self.question) = (resamples, context, question)
  }

  /// Explains with a method and measures its maps.
  mutating func add(
    _ method: any Attribution, metrics: [any ExplanationMetric],
    progress: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    var asked = question
    asked.progress = progress
    let result = try method.attribute(batch, asked, context: context)
    results.append(result)
    measured.append(
      try metrics.map {
        ($0.about, try $0.measure(result, of: method, batch, question, context: context))
      })
  }

  /// Compares the maps with those of random weights.
  mutating func randomise(_ method: any Attribution, _ classifier: any Classifier) throws {
    let stages = try RandomisationCheck().run(
      method, on: classifier, batch, question, context: context)
    randomised.append((method.name, stages))
  }

  private func mean(_ values: [Double], _ purpose: String) throws -> FiniteMean {
    try FiniteMean(of: values, resamples: resamples, seed: context.seed, purpose: purpose)
  }

  /// Means over examples, one row a method and metric.
  func metricTable() throws -> TextTable? {
    guard measured.contains(where: { !$0.isEmpty }) else { return nil }
    var table = TextTable([
      .init("method"), .init("metric"), .init("better"), .init("mean", .trailing),
      .init("95% interval", .trailing), .init("examples", .trailing),
    ])
    for (result, values) in zip(results, measured) {
      for (metric, numbers) in values {
        let mean = try mean(numbers, "\(result.method).\(metric.name)")
        table.append([
          result.method, metric.name, metric.isHigherBetter.map { $0 ? "higher" : "lower" } ?? "",
          Self.text(mean.mean),
          mean.interval.map { "\(Self.text($0.low)) to \(Self.text($0.high))" } ?? "",
          "\(mean.count)",
        ])
      }
    }
    return table
  }

  /// Distances between the maps of every two methods.
  func distanceTable() throws -> TextTable? {
    let maps = results.map { $0.importances(for: data.inputShape) }
    guard maps.count > 1 else { return nil }
    var table = TextTable([
      .init("methods"), .init("l2", .trailing), .init("95% interval", .trailing),
      .init("1 - Spearman", .trailing), .init("95% interval", .trailing),
    ])
    for first in maps.indices {
      for second in maps.indices.dropFirst(first + 1) where maps[first].shape == maps[second].shape
      {
        let pair = "\(results[first].method) to \(results[second].method)"
        var row = [pair]
        for distance in [ExplanationDistance.euclidean, .spearman] {
          let mean = try mean(
            distance(maps[first], maps[second]), "\(pair).\(distance.rawValue)")
          row += [
            Self.text(mean.mean),
            mean.interval.map { "\(Self.text($0.low)) to \(Self.text($0.high))" } ?? "",
          ]
        }
        table.append(row)
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  /// Correlations with the maps of random weights.
  func randomisationTable() throws -> TextTable? {
    guard !randomised.isEmpty else { return nil }
    var table = TextTable([
      .init("method"), .init("random from the output to"), .init("correlation", .trailing),
      .init("of sizes", .trailing),
    ])
    for (method, stages) in randomised {
      for stage in stages {
        table.append([
          method, stage.layer,
          Self.text(try mean(stage.correlations, "\(method).\(stage.layer)").mean),
          Self.text(try mean(stage.sizeCorrelations, "\(method).\(stage.layer).sizes").mean),
        ])
      }
    }
    return table
  }

  static func text(_ value: Double?) -> String {
    value.map { String(format: "%.4g", $0) } ?? "n/a"
  }

  /// What is printed.
  var text: String {
    get throws {
      let head = results.map { result in
        let error = result.completenessErrors.map { errors in
          let largest = errors.filter(\.isFinite).map(abs).max()
          return ", largest completeness error \(Self.text(largest))"
        }
        return """
          \(result.method): \(result.count) examples, \(result.forwardPasses) forward and \
          \(result.backwardPasses) backward passes each\(error ?? "")
          """
      }
      let tables = [try metricTable(), try distanceTable(), try randomisationTable()]
      return (head + tables.compactMap { $0?.text() }).joined(separator: "\n")
        .trimmingCharacters(in: .newlines)
    }
  }

  /// The same as JSON.
  var json: JSONValue {
    get throws {
      var methods: [JSONValue] = []
      for (result, values) in zip(results, measured) {
        var metrics = JSONObject()
        for (metric, numbers) in values {
          let mean = try mean(numbers, "\(result.method).\(metric.name)")
          metrics[metric.name] = [
            "value": JSONValue(mean.mean), "low": JSONValue(mean.interval?.low),
            "high": JSONValue(mean.interval?.high), "examples": .integer(mean.count),
          ]
        }
        let errors = result.completenessErrors?.filter(\.isFinite).map(abs)
        methods.append([
          "method": .string(result.method),
          "settings": .object(
            JSONObject(result.settings.map { ($0.name, JSONValue.string($0.value)) })),
          "forwardPasses": .integer(result.forwardPasses),
          "backwardPasses": .integer(result.backwardPasses),
          "largestCompletenessError": JSONValue(errors?.max()), "metrics": .object(metrics),
        ])
      }
      return [
        "model": .string(model), "data": .string(data.name), "examples": .integer(batch.count),
        "class": .string(question.focus.text), "scale": .string(question.scale.rawValue),
        "baseline": .string(question.baseline.text),
        "channels": .string(question.reduction.rawValue), "layer": JSONValue(question.tap?.layer),
        "seed": JSONValue(context.seed), "methods": .array(methods),
      ]
    }
  }
}
