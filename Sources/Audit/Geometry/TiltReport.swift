import Datasets
import Foundation
import LinearGeometry
import Reports
import Statistics
import Torch

/// What regularisation paths between pairs of classes came to: findings, a table, a page.
public struct TiltReport {
  private let paths: [PairPath]
  private let test: Dataset
  private let imageShape: [Int]?
  /// Up to how many pairs are shown each for itself, for which paths have to keep their examples.
  public static let detailedPairs = 3

  /// A report on some paths; pictures are shown where inputs are images in 0...1.
  public init(_ paths: [PairPath], test: Dataset) {
    self.paths = paths
    self.test = test
    let shape = test.inputShape
    let isPicture = shape.count == 3 && [1, 3].contains(shape[0]) && test.range == 0...1
    imageShape = isPicture ? shape : nil
  }

  private func testCount(_ path: PairPath) -> Int {
    test.classCounts[path.classes.0] + test.classCounts[path.classes.1]
  }

  private func suggestion(
    _ path: PairPath
  ) -> (best: PairPath.Level, suggested: PairPath.Level)? {
    path.suggestion(testCount: testCount(path))
  }

  /// Some of many, evenly spaced, the first and the last among them.
  public static func spread<Element>(_ levels: [Element], over count: Int) -> [Element] {
    TiltFigures.spread(levels, over: count)
  }

  // MARK: Findings

  /// For every pair the least test error, at which lambda, and how the boundary lies there.
  ///
  /// - Throws: `FindingIDError`, which it does not for class numbers.
  public func findings() throws -> [(finding: Finding, count: Int)] {
    var result: [(finding: Finding, count: Int)] = []
    for path in paths {
      guard let (best, suggested) = suggestion(path) else { continue }
      let total = testCount(path)
      let pair = "\(path.classes.0).\(path.classes.1)"
      let names = "\(path.names.negative) against \(path.names.positive)"
      let wrong = best.testErrors.negative + best.testErrors.positive
      let angle = best.measures.angle
      let rate = try Proportion(successes: wrong, trials: total)
      result.append(
        (
          try Finding(
            id: "tilt.\(pair).test_error", title: "Least test error, \(names)", value: rate.rate,
            interval: try rate.wilson(), better: .lower,
            detail:
              "At lambda \(NumberText.short(best.fit.lambda, digits: 3)), chosen on these examples."
          ),
          total
        ))
      for (name, title, value, unit, better) in [
        ("lambda", "Lambda of the least test error", best.fit.lambda, "", Finding.Direction.higher),
        ("angle", "Tilting angle there", angle ?? .nan, "radians", .lower),
        (
          "adversarial_distance", "Adversarial distance there",
          best.measures.adversarialDistance, "units of the data", .higher
        ),
        (
          "suggested_weight_decay", "Weight decay that is as good and tilts least",
          2 * suggested.fit.lambda, "", .higher
        ),
        (
          "onset", "Lambda above which the hinge loss is not tilted", path.onset ?? .nan, "", .lower
        ),
      ] where value.isFinite {
        result.append(
          (
            try Finding(
              id: "tilt.\(pair).\(name)", title: "\(title), \(names)", value: value, unit: unit,
              better: better), total
          ))
      }
    }
    return result
  }

  // MARK: Tables

  /// One row a pair and level.
  ///
  /// - Throws: what `SampleTable` throws, which it does not for columns of equal length.
  public func csv() throws -> SampleTable {
    let rows = paths.flatMap { path in path.levels.map { (path, $0) } }
    func numbers(_ name: String, _ value: (PairPath.Level) -> Double?) -> SampleTable.Column {
      .init(name, .numbers(rows.map { value($0.1).flatMap { $0.isFinite ? $0 : nil } }))
    }
    return try SampleTable([
      .init("class_i", .integers(rows.map { $0.0.classes.0 })),
      .init("class_j", .integers(rows.map { $0.0.classes.1 })),
      numbers("lambda", \.fit.lambda), numbers("theta_rad", \.measures.angle),
      numbers("bias_over_norm", \.measures.offset),
      numbers("inverse_norm", \.measures.inverseNorm),
      numbers("adversarial_distance", \.measures.adversarialDistance),
      numbers("plain_adversarial_distance", \.measures.plainAdversarialDistance),
      numbers("error_distance", \.measures.errorDistance), numbers("margin", \.measures.margin),
      numbers("train_error", \.measures.error), numbers("test_error", \.testError),
      numbers("objective", \.fit.objective), numbers("risk", \.fit.risk),
      numbers("relative_gap", \.fit.relativeGap),
      .init("iterations", .integers(rows.map { $0.1.fit.iterations })),
    ])
  }

  private var summary: TextTable {
    func number(_ value: Double?) -> String {
      value.map { NumberText.short($0, digits: 3) } ?? ""
    }
    return TextTable(
      [
        TextTable.Column("pair"), .init("½ |j - i|", .trailing), .init("lambda*", .trailing),
        .init("least test error", .trailing), .init("at lambda", .trailing),
        .init("angle (rad)", .trailing), .init("d_adv", .trailing),
        .init("of the largest", .trailing), .init("suggested decay", .trailing),
      ],
      rows: paths.compactMap { path in
        guard let (best, suggested) = suggestion(path) else { return nil }
        let measures = best.measures
        return [
          "\(path.names.negative) / \(path.names.positive)",
          number(measures.largestAdversarialDistance), number(path.onset),
          NumberText.percent(best.testError, decimals: 2), number(best.fit.lambda),
          number(measures.angle), number(measures.adversarialDistance),
          NumberText.percent(
            measures.adversarialDistance / measures.largestAdversarialDistance, decimals: 0),
          number(2 * suggested.fit.lambda),
        ]
      })
  }

  // MARK: Page

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
    func fixedCurve(
      _ title: String, _ caption: String, _ unit: String, format: Plot.Axis.Format = .number,
      _ curves: [(name: String, value: (PairPath.Level) -> Double)]
    ) -> ResultsPage.Content {
      var plot = TiltFigures.curve(title, unit, levels, format: format, curves)
      plot.caption = caption
      return .plot(plot)
    }
    var content: [ResultsPage.Content] = [
      .plot(try TiltFigures(path, problem, imageShape: imageShape).slides()),
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
    if let shape = imageShape {
      content.append(.pictures(try attempt { try strips(path, problem, shape) }))
    }
    content.append(
      .table(TiltFigures.table(of: TiltFigures.spread(levels, over: 17)), caption: "Some levels."))
    return ResultsPage.Section(
      "\(path.names.negative) against \(path.names.positive)", content: content)
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
