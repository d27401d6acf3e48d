import ArgumentParser
import Datasets
import Foundation
import Networks
import Perturbations
import Torch
import Training

import enum Reports.JSONValue
import struct Reports.TextTable

struct SuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "Measures a data set, and a model where there is one, and suggests settings.",
    discussion: """
      EXAMPLES
        touchstone suggest --data mnist/
        touchstone suggest --data mnist/ --model model.pt

      The values are places to begin, from how far apart the classes lie; none was tried out.
      """)

  @OptionGroup var subject: SubjectOptions

  @Option(help: "How many examples are looked at, drawn at random.")
  var count = 2000

  @Option(help: "The seed of that draw.")
  var seed: UInt64 = 0

  @ArgumentParser.Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if count < 2 { throw ValidationError("--count is \(count), give at least 2") }
    if subject.data == nil { throw ValidationError("suggest needs --data") }
  }

  func run() throws {
    let loaded = subject.model == nil ? nil : try subject.load(.cpu)
    let data = try loaded?.data ?? Dataset.load(from: subject.data ?? "", split: subject.split)
    let scale = try DataScale(of: data, limit: count, seed: seed)
    var suggestions = Suggestion.settings(for: scale)
    if let model = loaded?.classifier {
      suggestions += try measured(of: model, data, scale, radius: suggestions[0].value)
    }
    if json {
      print(record(scale, suggestions).text(pretty: true), terminator: "")
    } else {
      print(try text(scale, suggestions), terminator: "")
    }
  }

  private func measured(
    of model: any Classifier, _ data: Dataset, _ scale: DataScale, radius: Double
  ) throws -> [Suggestion] {
    var order = RandomStream(seed: seed, purpose: "suggest")
    let batch = data.batch(order.permutation(of: data.count).prefix(min(200, count)).sorted())
    let target = Target(classCount: model.classCount) { try model.logits($0) }
    let (clean, _, gradient) = try target.gradient(at: batch.inputs) {
      $0.crossEntropy(batch.labels, reduction: .none)
    }
    let lengths = L2().length(of: gradient)
    var streams = Context(seed: seed).streams("suggest.direction", examples: batch.indices)
    let moved = try VirtualAdversarialDirection(powerIterations: 4).perturbations(
      of: batch.inputs, clean: clean, within: Ball(L2(), radius: radius), streams: &streams,
      logits: target.logits)
    let logits = try withoutGradients { try target.logits(batch.inputs + moved) }
    return Suggestion.settings(
      gradientLength: lengths.median(along: 0).values.item,
      divergence: Divergence.cleanToPerturbed(from: clean, to: logits).mean().item, radius: radius,
      scale: scale)
  }

  private func text(_ scale: DataScale, _ suggestions: [Suggestion]) throws -> String {
    func short(_ value: Double) -> String { String(format: "%.3g", value) }
    let head = """
      \(scale.count) examples of \(scale.featureCount) features: median length \
      \(short(scale.medianLength)), root mean square \(short(scale.rootMeanSquare)).
      Nearest example of another class at \(short(scale.medianBetweenClasses)) (median; 5 % nearer \
      than \(short(scale.closestClasses))), of the same at \(short(scale.medianWithinClass)).


      """
    var table = TextTable([
      .init("method"), .init("setting"), .init("value", .trailing), .init("reason"),
    ])
    for suggestion in suggestions {
      table.append([
        suggestion.method, suggestion.setting, short(suggestion.value), suggestion.reason,
      ])
    }
    return head + table.text()
  }

  private func record(_ scale: DataScale, _ suggestions: [Suggestion]) -> JSONValue {
    [
      "schema": "touchstone.suggestions/1",
      "scale": [
        "examples": .integer(scale.count), "features": .integer(scale.featureCount),
        "rootMeanSquare": .number(scale.rootMeanSquare),
        "medianLength": .number(scale.medianLength),
        "closestClasses": .number(scale.closestClasses),
        "medianBetweenClasses": .number(scale.medianBetweenClasses),
        "medianWithinClass": .number(scale.medianWithinClass),
      ],
      "suggestions": .array(
        suggestions.map {
          [
            "method": .string($0.method), "setting": .string($0.setting),
            "value": .number($0.value), "reason": .string($0.reason),
          ]
        }),
    ]
  }
}
