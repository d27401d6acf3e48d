import Datasets
import Foundation
import Networks
import Reports
import Torch
import Training

/// `perturbations.html` in the folder of a run that measures a confidence climb: how far images of every
/// class must be moved, what that looks like, and how large the network's weights are.
struct PerturbationPage {
  static let name = "perturbations.html"

  private let measure: ConfidenceClimb
  private let model: any Layer
  private let data: Dataset
  private let perClass = 5

  /// `nil` for data whose inputs are no pictures in 0...1.
  init?(_ measure: ConfidenceClimb, of model: any Layer, on data: Dataset) {
    let shape = data.inputShape
    guard shape.count == 3, [1, 3].contains(shape[0]), data.range == 0...1 else { return nil }
    self.measure = measure
    self.model = model
    self.data = data
  }

  /// The page.
  ///
  /// - Parameter count: how many examples set the temperature, as in the measure itself.
  func file(count: Int, version: String) throws -> ReportFolder.File {
    let temperature = try measure.temperature(of: model, on: data.prefix(count))
    let labels = data.labelValues
    let rows = data.classNames.indices.flatMap { label in
      labels.indices.lazy.filter { labels[$0] == label }.prefix(perClass)
    }
    let examples = try data.subset(rows)
    let parts = try measure.climbed(model, examples, temperature: temperature)
    let clean = Tensor.concatenated(parts.map(\.clean))
    let moved = Tensor.concatenated(parts.map(\.moved.inputs))
    let reached = parts.flatMap(\.moved.reached)
    let lengths = (moved - clean).flattened(from: 1).norm(along: [1]).values(as: Double.self)
    let page = ResultsPage(
      title: "Perturbations to the next class",
      lead: """
        Every image climbs the probability of the next class to \(measure.confidence). The softmax has \
        the temperature \(NumberText.short(temperature)), at which the median confidence of \(count) \
        test images is \(measure.confidence) too, so that networks with large and small weights can be \
        compared.
        """,
      sections: [
        .init(
          "Length by class",
          content: [
            .table(table(examples, lengths, reached), caption: "Euclidean, pixels in 0...1.")
          ]),
        .init(
          "Pictures", content: [.pictures(try pictures(examples, clean, moved, lengths))]),
        .init(
          "Weights", text: "Root mean squares of weight tensors, without biases.",
          content: [.table(weights, caption: "Weight decay keeps them small.")]),
      ], version: version)
    return ReportFolder.File(Self.name, page.html(plotlyPath: nil))
  }

  private func table(
    _ examples: Dataset, _ lengths: [Double], _ reached: [Bool]
  ) -> TextTable {
    let labels = examples.labelValues
    func row(_ name: String, _ places: [Int]) -> [String] {
      let known = places.filter { reached[$0] }.map { lengths[$0] }
      let mean = known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
      return [
        name, NumberText.short(mean, digits: 3), NumberText.short(known.min() ?? .nan, digits: 3),
        NumberText.short(known.max() ?? .nan, digits: 3), "\(known.count) of \(places.count)",
      ]
    }
    return TextTable(
      [
        TextTable.Column("class"), .init("mean", .trailing), .init("least", .trailing),
        .init("largest", .trailing), .init("reached", .trailing),
      ],
      rows: examples.classNames.indices.map { label in
        row(examples.classNames[label], labels.indices.filter { labels[$0] == label })
      } + [row("all", Array(labels.indices))])
  }

  /// The first example of every class, what it became, and the difference.
  private func pictures(
    _ examples: Dataset, _ clean: Tensor, _ moved: Tensor, _ lengths: [Double]
  ) throws -> [PictureStrip] {
    let labels = examples.labelValues
    let shape = examples.inputShape
    return try examples.classNames.indices.compactMap { label in
      guard let place = labels.firstIndex(of: label) else { return nil }
      let next = examples.classNames[(label + 1) % examples.classNames.count]
      return try PictureStrip.adversarial(
        caption: "\(examples.classNames[label]) to \(next)",
        original: (clean[place].values(as: Float.self), "original"),
        adversarial: (
          moved[place].values(as: Float.self),
          "\(next), \(NumberText.short(lengths[place], digits: 3)) away"
        ), shape: (shape[0], shape[1], shape[2]))
    }
  }

  private var weights: TextTable {
    TextTable(
      [.init("weight"), .init("shape"), .init("root mean square", .trailing)],
      rows: model.namedParameters.filter { $0.parameter.value.rank > 1 }.map { name, parameter in
        let size = parameter.value.detached().squared().mean().item.squareRoot()
        return [name, "\(parameter.value.shape)", NumberText.short(size, digits: 2)]
      })
  }
}
