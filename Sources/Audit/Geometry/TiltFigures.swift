import Foundation
import LinearGeometry
import Reports
import Torch

/// The figures of one pair of classes over regularisation.
struct TiltFigures {
  private let path: PairPath
  private let problem: BinaryProblem
  private let imageShape: [Int]?
  private static let frames = 21
  private static let pointsPerClass = 150

  /// - Parameter imageShape: `[C, H, W]` of inputs in 0...1, where they are pictures.
  init(_ path: PairPath, _ problem: BinaryProblem, imageShape: [Int]?) {
    self.path = path
    self.problem = problem
    self.imageShape = imageShape
  }

  /// log10 lambda as an axis.
  static let axis = Plot.Axis("log10 of lambda")

  /// Boundary, scores, curves and mirror images, moved by a slider over lambda.
  func slides() throws -> Plot {
    let split = problem.negativeCount
    let inputs = try attempt { problem.inputs }
    let halves = [inputs[0..<split], inputs[split..<problem.count]]
    let chosen = halves.map { $0[0..<min($0.size(0), Self.pointsPerClass)] }
    let scene = Scene(
      inputs: inputs, chosen: chosen,
      middle: (problem.negativeCentroid + problem.positiveCentroid) / 2)
    let levels = Self.spread(path.levels, over: Self.frames)
    let steps = try attempt { try levels.map { try step($0, scene) } }
    return Plot(
      title: "\(problem.negativeName) against \(problem.positiveName), \(path.loss.rawValue) loss",
      caption: """
        With scripts, a slider moves lambda. The plane is spanned by the line between the centroids \
        (across) and by what the boundary's normal has beside it (up); \(Self.pointsPerClass) training \
        examples a class. Pictures stand beside their mirror images behind the boundary.
        """,
      content: .slides(
        Plot.Slides(
          setting: "lambda =", steps: steps, start: min(10, steps.count - 1), columns: 3,
          table: Self.table(of: levels))))
  }

  private struct Scene {
    var inputs: Tensor
    var chosen: [Tensor]
    var middle: Tensor
  }

  /// Some of the levels, evenly spaced, the first and the last among them.
  static func spread<Element>(_ levels: [Element], over count: Int) -> [Element] {
    guard levels.count > count else { return levels }
    return (0..<count).map { levels[$0 * (levels.count - 1) / (count - 1)] }
  }

  private func step(_ level: PairPath.Level, _ scene: Scene) throws -> Plot.Slides.Step {
    let lambda = level.fit.lambda
    var panels = [plane(level, scene), histogram(level, scene)]
    let logarithm = log10(lambda)
    panels += [
      Self.curve(
        "Tilting angle", "radians", path.levels, at: logarithm,
        [("angle", { $0.measures.angle ?? .nan })]),
      Self.curve(
        "Errors", "share", path.levels, at: logarithm, format: .percent,
        [("training", { $0.measures.error }), ("test", { $0.testError })]),
    ]
    if let shape = imageShape {
      for (name, half) in zip([problem.negativeName, problem.positiveName], scene.chosen) {
        let mirrored = level.fit.classifier.mirrored(half[0..<1])
        panels.append(
          Plot(
            title: "x of \(name), and its mirror image", caption: "",
            content: .picture(Self.picture([half[0..<1], mirrored], shape))))
      }
    } else {
      panels.append(
        Self.curve(
          "Adversarial distance", "units of the data", path.levels, at: logarithm,
          [("mean", { $0.measures.adversarialDistance })]))
    }
    return Plot.Slides.Step(NumberText.short(lambda, digits: 3), panels: panels)
  }

  /// Examples and boundary in the tilting plane, the middle between the centroids as origin.
  private func plane(_ level: PairPath.Level, _ scene: Scene) -> Plot {
    let reach = 2.4 * problem.largestAdversarialDistance
    let axis = -reach...reach
    var series: [Plot.Series] = []
    let names = [problem.negativeName, problem.positiveName]
    if let plane = TiltingPlane(of: level.fit.classifier, on: problem) {
      for (name, half) in zip(names, scene.chosen) {
        let places = plane.coordinates(half - scene.middle).values(as: Double.self)
        series.append(
          Plot.Series(
            name,
            points: (0..<half.size(0)).map { row in
              .init(x: Self.rounded(places[2 * row]), y: Self.rounded(places[2 * row + 1]))
            }, style: .points))
      }
      // The boundary: x cos θ + y sin θ = -d of the origin.
      let angle = level.measures.angle ?? 0
      let offset = level.fit.classifier.distances(scene.middle.unsqueezed(0)).item
      let (foot, way) = (
        SIMD2(cos(angle), sin(angle)) * -offset, SIMD2(-sin(angle), cos(angle)) * (2 * reach)
      )
      let ends = [foot - way, foot + way].sorted { $0.x < $1.x }
      series.append(
        Plot.Series("boundary", points: ends.map { .init(x: $0.x, y: $0.y) }, style: .plain))
    }
    return Plot(
      title: "Boundary in the tilting plane", caption: "",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("along the centroids", range: axis),
          y: Plot.Axis("across", range: axis), series: series)))
  }

  private func histogram(_ level: PairPath.Level, _ scene: Scene) -> Plot {
    let distances = level.fit.classifier.distances(scene.inputs).values(as: Double.self)
    let reach = 2.4 * problem.largestAdversarialDistance
    return Plot(
      title: "Signed distances", caption: "",
      content: .histogram(
        Plot.Histogram(
          x: Plot.Axis("distance from the boundary", range: -reach...reach),
          counted: "training examples", bins: 48,
          values: [
            (problem.negativeName, Array(distances.prefix(problem.negativeCount))),
            (problem.positiveName, Array(distances.suffix(problem.positiveCount))),
          ])))
  }

  // MARK: Parts

  /// Curves over lambda with a mark where the slider stands.
  static func curve(
    _ title: String, _ unit: String, _ levels: [PairPath.Level], at place: Double? = nil,
    format: Plot.Axis.Format = .number,
    _ curves: [(name: String, value: (PairPath.Level) -> Double)]
  ) -> Plot {
    let ordered = levels.sorted { $0.fit.lambda < $1.fit.lambda }
    var series = curves.map { curve in
      Plot.Series(
        curve.name,
        points: ordered.map {
          .init(x: rounded(log10($0.fit.lambda)), y: curve.value($0))
        }, style: .plain)
    }
    if let place,
      let here = ordered.min(by: {
        abs(log10($0.fit.lambda) - place) < abs(log10($1.fit.lambda) - place)
      })
    {
      series.append(
        Plot.Series(
          "here", points: curves.map { .init(x: rounded(place), y: $0.value(here)) },
          style: .points))
    }
    return Plot(
      title: title, caption: "",
      content: .lines(Plot.Lines(x: axis, y: Plot.Axis(unit, format: format), series: series)))
  }

  /// Pictures side by side, channels averaged.
  static func picture(_ images: [Tensor], _ shape: [Int]) -> Plot.Picture {
    let grids = images.map {
      $0.reshaped(shape).mean(along: 0).values(as: Double.self)
    }
    let (height, width) = (shape[1], shape[2])
    return Plot.Picture(
      rows: (0..<height).map { row in
        Array(
          grids.map { Array($0[row * width..<(row + 1) * width]) }.joined(separator: [0.5]))
      })
  }

  /// What a level came to, one row a level.
  static func table(of levels: [PairPath.Level]) -> TextTable {
    func number(_ value: Double?) -> String {
      value.map { NumberText.short($0, digits: 4) } ?? ""
    }
    return TextTable(
      [
        "lambda", "angle (rad)", "1/|w|", "adversarial distance", "error distance", "margin",
        "training error", "test error",
      ].map { TextTable.Column($0, .trailing) },
      rows: levels.map { level in
        let measures = level.measures
        return [
          number(level.fit.lambda), number(measures.angle), number(measures.inverseNorm),
          number(measures.adversarialDistance), number(measures.errorDistance),
          number(measures.margin), NumberText.percent(measures.error, decimals: 2),
          level.testError.isFinite ? NumberText.percent(level.testError, decimals: 2) : "",
        ]
      })
  }

  static func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }
}
