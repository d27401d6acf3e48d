import Audit
import Datasets
import Explanations
import Foundation
import Reports
import Statistics
import Torch

/// Counterfactuals as text, as JSON and in a folder.
struct CounterfactualOutput {
  let model: String
  let data: Dataset
  let batch: Batch
  let found: CounterfactualResult
  let seed: UInt64

  /// The median of what is finite.
  private func median(_ values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : quantile(0.5, ofSorted: sorted)
  }

  private var ways: [Bool] { found.boxed == nil ? [false] : [false, true] }

  private func summary() throws -> TextTable {
    var table = TextTable([
      .init("steps", .trailing), .init("points"), .init("class changed", .trailing),
      .init("95% interval", .trailing), .init("median |f| left", .trailing),
    ])
    for (index, multiple) in found.multiples.enumerated() {
      for isBoxed in ways {
        let flipped = found.flipped(at: index, boxed: isBoxed)
        let interval = try Proportion(flipped).wilson()
        let share = Double(flipped.filter { $0 }.count) / Double(flipped.count)
        table.append([
          FindingID.part(for: multiple), isBoxed ? "cut to the box" : "as they are",
          percent(share), "\(percent(interval.low)) to \(percent(interval.high))",
          median(found.residuals(at: index, boxed: isBoxed)).map(percent) ?? "n/a",
        ])
      }
    }
    return table
  }

  private func percent(_ value: Double) -> String { String(format: "%.1f%%", value * 100) }

  /// What is printed.
  var text: String {
    get throws {
      """
      \(found.indices.count) examples; median margin \(ExplanationStudy.text(median(found.margins))), \
      slope \(ExplanationStudy.text(median(found.slopes))), length of a step \
      \(ExplanationStudy.text(median(found.lengths)))
      \(try summary().text().trimmingCharacters(in: .newlines))
      """
    }
  }

  /// The same as JSON.
  var json: JSONValue {
    get throws {
      let points: [JSONValue] = try found.multiples.indices.flatMap { index in
        try ways.map { isBoxed in
          let flipped = found.flipped(at: index, boxed: isBoxed)
          let interval = try Proportion(flipped).wilson()
          return [
            "multiple": JSONValue(found.multiples[index]), "boxed": .bool(isBoxed),
            "flipped": JSONValue(Double(flipped.filter { $0 }.count) / Double(flipped.count)),
            "low": JSONValue(interval.low), "high": JSONValue(interval.high),
            "medianResidual": JSONValue(median(found.residuals(at: index, boxed: isBoxed))),
          ]
        }
      }
      return [
        "model": .string(model), "data": .string(data.name),
        "examples": .integer(found.indices.count), "seed": JSONValue(seed),
        "medianMargin": JSONValue(median(found.margins)),
        "medianSlope": JSONValue(median(found.slopes)),
        "medianLength": JSONValue(median(found.lengths)), "points": .array(points),
      ]
    }
  }

  /// Writes samples.csv, counterfactual.html and counterfactuals.npz.
  ///
  /// - Parameter plane: the picture of examples that lie in a plane.
  func write(
    to folder: String, shown: Int, plane: CounterfactualPlane?, plotly: String?
  ) throws {
    let strips = try CounterfactualPictures.strips(of: found, batch, in: data, count: shown)
    var sections = [
      ResultsPage.Section(
        "Where steps lead",
        text: "A step is the margin over the length of its gradient, against the gradient.",
        content: [
          .table(
            try summary(),
            caption: "Shares of examples with Wilson's interval; what is left of the margin's size."
          )
        ])
    ]
    if !strips.isEmpty {
      sections.append(
        ResultsPage.Section(
          "Pictures",
          text:
            "Points are cut to the values that pixels can have. The way is one step: red where it adds.",
          content: [.pictures(strips)]))
    }
    if let plane {
      sections.append(ResultsPage.Section("In the plane", content: [.plot(plane.plot)]))
    }
    let page = ResultsPage(
      title: "Counterfactuals of \(model)",
      facts: [("data", data.name), ("examples", "\(found.indices.count)"), ("seed", "\(seed)")],
      sections: sections, version: Audit.version)
    try ReportFolder(folder).write([
      ReportFolder.File("samples.csv", try table().csv()),
      ReportFolder.File("counterfactual.html", page.html(plotlyPath: plotly)),
    ])
    var arrays = ["index": Tensor(found.indices)]
    for (index, multiple) in found.multiples.enumerated() {
      arrays["steps-\(FindingID.part(for: multiple))"] = found.path[index].points.to(.cpu)
    }
    try NPZ.write(arrays, to: URL(filePath: folder).appending(path: "counterfactuals.npz"))
  }

  private func table() throws -> SampleTable {
    var table = try SampleTable([
      .init("index", .integers(found.indices)), .init("label", .integers(data.labelValues)),
      .init("from", .integers(found.from)), .init("to", .integers(found.to)),
      .init("margin", .numbers(found.margins)), .init("slope", .numbers(found.slopes)),
      .init("length", .numbers(found.lengths)),
    ])
    for (index, multiple) in found.multiples.enumerated() {
      for isBoxed in ways {
        let name = "\(FindingID.part(for: multiple))\(isBoxed ? ".boxed" : "")"
        let measured = isBoxed ? found.boxed?[index] ?? found.path[index] : found.path[index]
        try table.append(.init("margin.\(name)", .numbers(measured.margins)))
        try table.append(.init("predicted.\(name)", .integers(measured.predicted)))
      }
    }
    return table
  }
}
