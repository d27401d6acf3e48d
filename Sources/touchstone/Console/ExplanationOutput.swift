import Audit
import Datasets
import Explanations
import Foundation
import Reports
import Torch

/// What a study of explanations leaves in its folder.
struct ExplanationOutput {
  let study: ExplanationStudy
  let shown: Int

  /// Writes samples.csv, explain.html, PNGs and maps.npz.
  func write(to folder: String, plotly: String?) throws {
    let files =
      [
        ReportFolder.File("samples.csv", try table().csv()),
        ReportFolder.File("explain.html", try page().html(plotlyPath: plotly)),
      ] + (try pictures())
    try ReportFolder(folder).write(files)
    var arrays = ["index": Tensor(study.batch.indices)]
    for result in study.results { arrays[result.method] = result.maps.to(.cpu) }
    try NPZ.write(arrays, to: URL(filePath: folder).appending(path: "maps.npz"))
  }

  private func table() throws -> SampleTable {
    var table = try SampleTable([
      .init("index", .integers(study.batch.indices)),
      .init("label", .integers(study.data.labelValues)),
      .init("class", .integers(study.results.first?.classes ?? [])),
      .init("score", .numbers(study.results.first?.scores ?? [])),
    ])
    for (result, measured) in zip(study.results, study.measured) {
      if let errors = result.completenessErrors {
        try table.append(.init("\(result.method).completeness_error", .numbers(errors)))
      }
      for (metric, values) in measured {
        try table.append(
          .init("\(result.method).\(metric.name)", .numbers(values.map { $0.isNaN ? nil : $0 })))
      }
    }
    return table
  }

  /// A heat map by itself and one over the example, for every example that is shown and every method.
  private func pictures() throws -> [ReportFolder.File] {
    let shape = study.data.inputShape
    guard ExplanationPictures.suits(shape), study.data.range == 0...1 else { return [] }
    let side = max(1, 224 / max(shape[1], shape[2]))
    return try study.results.flatMap { result in
      let maps = ExplanationPictures.shown(result, shape)
      return try (0..<min(shown, result.count)).flatMap { row in
        let values = study.batch.inputs[row].values(as: Float.self)
        let name = "\(result.indices[row])-\(result.method)"
        var files = [
          ReportFolder.File(
            "\(name)-overlay.png",
            try ExplanationPictures.overlay(maps[row], on: values, shape, enlargement: side).png())
        ]
        if maps.size(1) == shape[1] * shape[2] {
          let map = maps[row].values(as: Float.self)
          let picture = try HeatMap.picture(
            map, height: shape[1], width: shape[2], enlargement: side)
          files.append(ReportFolder.File("\(name).png", try picture.png()))
        }
        return files
      }
    }
  }

  private func page() throws -> ResultsPage {
    var sections: [ResultsPage.Section] = []
    if let table = try study.metricTable() {
      sections.append(
        ResultsPage.Section(
          "What the maps are worth",
          content: [
            .table(
              table, caption: "Means over examples; Student's t below 50 examples, else bootstrap.")
          ] + (try curves())))
    }
    if let section = try pictureSection() { sections.append(section) }
    if let table = try study.distanceTable() {
      sections.append(
        ResultsPage.Section(
          "How far methods are apart",
          content: [
            .table(
              table, caption: "Maps of length 1 for l2; 0 says that they agree, 2 the opposite.")
          ]))
    }
    if let table = try study.randomisationTable() {
      sections.append(
        ResultsPage.Section(
          "Maps of random weights",
          text: """
            Weights are replaced from the output on. A map that still looks as before does not explain \
            what the network has learnt.
            """,
          content: [.table(table, caption: "Spearman's correlation with the map of the network.")]))
    }
    return ResultsPage(
      title: "Explanations of \(study.model)", facts: facts, sections: sections,
      version: Audit.version)
  }

  private func pictureSection() throws -> ResultsPage.Section? {
    let strips = try ExplanationPictures.strips(
      of: study.batch, in: study.data, study.results, count: shown)
    guard !strips.isEmpty else { return nil }
    return ResultsPage.Section(
      "Pictures",
      text: """
        Red speaks for the class, blue against it. Each map has its own scale; RISE's, which has no zero, \
        is shown above its least value.
        """,
      content: [.pictures(strips)])
  }

  private var facts: [(name: String, value: String)] {
    [
      ("data", study.data.name), ("examples", "\(study.batch.count)"),
      ("class", study.question.focus.text), ("of", study.question.scale.rawValue),
      ("baseline", study.question.baseline.text),
      ("channels", study.question.reduction.rawValue), ("seed", "\(study.context.seed)"),
    ] + (study.question.tap.map { [("layer", $0.layer)] } ?? [])
  }

  /// Mean curves of the first methods whose deletion or insertion was measured.
  private func curves() throws -> [ResultsPage.Content] {
    try DeletionInsertion.Direction.allCases.flatMap { direction in
      let isAsked = study.measured.contains {
        $0.contains { $0.metric.name.hasPrefix(direction.rawValue) }
      }
      guard isAsked else { return [ResultsPage.Content]() }
      let series = try study.results.prefix(6).map { result in
        FidelityPlot.series(
          result.method,
          try DeletionInsertion(direction).curves(
            result, study.batch, study.question, context: study.context), .probabilities)
      }
      var plot = FidelityPlot.plot(series, scale: .probabilities)
      plot.title = direction == .deletion ? "Deletion" : "Insertion"
      return [.plot(plot)]
    }
  }
}
