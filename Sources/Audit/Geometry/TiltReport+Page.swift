import Foundation
import LinearGeometry
import Reports
import Statistics
import Torch

extension TiltReport {
  /// The page; single pairs with all their figures, many pairs with their means.
  ///
  /// - Throws: what libtorch reports.
  public func page(title: String, facts: [(name: String, value: String)]) throws -> ResultsPage {
    var sections = [
      ResultsPage.Section(
        "Pairs of classes",
        text: """
          lambda* is the level above which the hinge loss is not tilted. The suggested weight decay, 2 \
          lambda in w - rate (gradient + decay w), belongs to the strongest regularisation whose test \
          error is within one standard error of the least.
          """,
        content: [.table(summary, caption: "The least test error is chosen on the test examples.")])
    ]
    if paths.count > Self.detailedPairs { sections.append(means) }
    for path in paths.prefix(Self.detailedPairs) where paths.count <= Self.detailedPairs {
      if let problem = path.problem { sections.append(try section(path, problem)) }
    }
    sections.append(
      ResultsPage.Section(
        "Why: the toy problem", content: [.plot(try ToyFigures.slides())]))
    return ResultsPage(
      title: title,
      lead: """
        A linear boundary lies furthest from the data when it is across the line between the classes' \
        centroids; the tilting angle says how far it is from that. Its adversarial distance is half the \
        distance of the centroids times the angle's cosine. Strong regularisation turns the boundary \
        there; weak regularisation tilts it until the last training example is right.
        """,
      facts: facts, sections: sections, version: Audit.version)
  }

  private func section(
    _ path: PairPath, _ problem: BinaryProblem
  ) throws -> ResultsPage.Section {
    let levels = path.levels
    var content: [ResultsPage.Content] = [
      .plot(try TiltFigures(path, problem, imageShape: imageShape).slides())
    ]
    content += curves(of: levels)
    if let shape = imageShape {
      content.append(.pictures(try attempt { try strips(path, problem, shape) }))
    }
    content.append(
      .table(TiltFigures.table(of: TiltFigures.spread(levels, over: 17)), caption: "Some levels."))
    return ResultsPage.Section(
      "\(path.names.negative) against \(path.names.positive)", content: content)
  }

  private func curves(of levels: [PairPath.Level]) -> [ResultsPage.Content] {
    func fixedCurve(
      _ title: String, _ caption: String, _ unit: String, format: Plot.Axis.Format = .number,
      _ curves: [(name: String, value: (PairPath.Level) -> Double)]
    ) -> ResultsPage.Content {
      var plot = TiltFigures.curve(title, unit, levels, format: format, curves)
      plot.caption = caption
      return .plot(plot)
    }
    return [
      fixedCurve(
        "Training and test error", "Weak regularisation is at the left.", "share", format: .percent,
        [("training", { $0.measures.error }), ("test", { $0.testError })]),
      fixedCurve(
        "Tilting angle", "Zero is the nearest-centroid boundary, π/2 lies along the data.",
        "radians", [("angle", { $0.measures.angle ?? .nan })]),
      fixedCurve(
        "Adversarial distance", "It cannot exceed half the distance of the centroids.",
        "units of the data",
        [
          ("adversarial distance", { $0.measures.adversarialDistance }),
          ("largest", { $0.measures.largestAdversarialDistance }),
        ]),
      fixedCurve(
        "Error distance and margin", "Mean distance on the wrong side, and the least distance.",
        "units of the data",
        [
          ("error distance", { $0.measures.errorDistance }), ("margin", { $0.measures.margin }),
        ]),
    ]
  }

  /// An example of each class and its mirror images at five levels.
  private func strips(
    _ path: PairPath, _ problem: BinaryProblem, _ shape: [Int]
  ) throws -> [PictureStrip] {
    let inputs = problem.inputs
    return try [(0, problem.negativeName), (problem.negativeCount, problem.positiveName)].map {
      row, name in
      let example = inputs[row..<row + 1]
      func panel(_ label: String, _ image: Tensor) throws -> PictureStrip.Panel {
        .init(
          label,
          try Bitmap(
            channelsFirst: image.values(as: Float.self), channels: shape[0], height: shape[1],
            width: shape[2]))
      }
      let mirrored = try TiltFigures.spread(path.levels, over: 5).map { level in
        let image = level.fit.classifier.mirrored(example)
        let way = (image - example).norm().item
        let lambda = NumberText.short(level.fit.lambda, digits: 2)
        return try panel("lambda \(lambda), \(NumberText.short(way, digits: 3)) away", image)
      }
      return PictureStrip(
        caption: "Mirror images of an example of class \(name)",
        panels: [try panel("x", example)] + mirrored)
    }
  }

  /// Means over all pairs against lambda.
  private var means: ResultsPage.Section {
    let count = paths.map(\.levels.count).min() ?? 0
    func curve(
      _ title: String, _ unit: String, format: Plot.Axis.Format = .number,
      _ curves: [(String, (PairPath.Level) -> Double)]
    ) -> ResultsPage.Content {
      let series = curves.map { name, value in
        Plot.Series(
          name,
          points: (0..<count).reversed().map { index in
            let values = paths.map { value($0.levels[index]) }.filter(\.isFinite)
            return Plot.Series.Point(
              x: TiltFigures.rounded(log10(paths[0].levels[index].fit.lambda)),
              y: values.isEmpty ? .nan : mean(of: values), low: values.min(), high: values.max())
          }, style: .plain)
      }
      return .plot(
        Plot(
          title: title,
          caption: "Mean over \(paths.count) pairs; the band goes from the least to the largest.",
          content: .lines(
            Plot.Lines(x: TiltFigures.axis, y: Plot.Axis(unit, format: format), series: series))))
    }
    return ResultsPage.Section(
      "All pairs over regularisation",
      content: [
        curve("Test error", "share", format: .percent, [("test", { $0.testError })]),
        curve("Training error", "share", format: .percent, [("training", { $0.measures.error })]),
        curve("Tilting angle", "radians", [("angle", { $0.measures.angle ?? .nan })]),
        curve(
          "Adversarial distance", "share of the largest", format: .percent,
          [
            (
              "share",
              { $0.measures.adversarialDistance / $0.measures.largestAdversarialDistance }
            )
          ]),
      ])
  }
}
