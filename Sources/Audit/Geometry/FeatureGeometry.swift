import Certificates
import Datasets
import Foundation
import LinearGeometry
import Networks
import Perturbations
import Reports
import Statistics
import Torch

/// The last linear layer of a network as a boundary between the features of each two classes.
struct FeatureGeometry {
  /// A pair of classes with the layer's own boundary.
  private struct Pair: Sendable {
    let classes: (Int, Int)
    let measures: TiltMeasures
    /// Errors on unseen examples at every level of a path of their own, and how many there are.
    let errors: [Int]
    let count: Int
  }

  private static let largestCount = 2000
  private static let largestPairs = 45
  private let pairs: [Pair]
  private let names: [String]
  private let levels: [Double]
  private let featureCount: Int
  private let seed: UInt64

  /// `nil` for networks whose layers are not known or that do not end in a linear layer, and for data
  /// without two classes of at least four examples.
  init?(of subject: Subject) throws {
    guard let frozen = subject.classifier as? FrozenNetwork else { return nil }
    var stages = frozen.network.flatStages
    guard let head = AffineHead(takenFrom: &stages) else { return nil }
    let count = min(subject.data.count, Self.largestCount)
    let layers = Layers(stages)
    let parts = try subject.engine.map(
      subject.data.batch(Array(0..<count)), context: subject.context
    ) { batch in withoutGradients { layers(batch.inputs).flattened(from: 1).to(.float64) } }
    let features = Tensor.concatenated(parts)
    guard features.size(1) == head.weight.size(1) else { return nil }
    let labels = Array(subject.data.labelValues.prefix(count))
    let rows = (0..<head.weight.size(0)).map { label in
      labels.indices.filter { labels[$0] == label }
    }
    let chosen = ClassPairs.all(of: rows.count)
      .filter { rows[$0.0].count >= 4 && rows[$0.1].count >= 4 }.prefix(Self.largestPairs)
    guard !chosen.isEmpty, features.sum().item.isFinite else { return nil }
    // Levels of lambda only mean something beside the features' scale.
    let spread = features.variance(along: [0]).sum().item
    let grid = try LambdaGrid(
      LambdaGrid(from: 1, to: -7, perDecade: 2).values.map { $0 * max(spread, 1e-30) })
    levels = grid.values
    featureCount = features.size(1)
    names = subject.data.classNames
    seed = subject.context.seed
    let list = Array(chosen)
    pairs = try subject.context.pool.map(list.count) { index -> Pair? in
      try attempt { try Self.pair(list[index], rows, features, head, grid) }
    }.compactMap(\.self)
    if pairs.isEmpty { return nil }
  }

  private static func pair(
    _ classes: (Int, Int), _ rows: [[Int]], _ features: Tensor, _ head: AffineHead,
    _ grid: LambdaGrid
  ) throws -> Pair? {
    let sides = [rows[classes.0], rows[classes.1]]
    let all = sides.map { features.selecting(rows: $0) }
    guard let problem = try? BinaryProblem(negative: all[0], positive: all[1]) else { return nil }
    let own = LinearClassifier(
      weight: head.weight[classes.1] - head.weight[classes.0],
      bias: head.bias[classes.1].item - head.bias[classes.0].item)
    guard own.norm > 0 else { return nil }
    // Every other example is learned from, the rest judges.
    let halves = (0..<2).map { part in
      sides.map { side in
        features.selecting(rows: side.indices.filter { $0 % 2 == part }.map { side[$0] })
      }
    }
    var errors: [Int] = []
    if let half = try? BinaryProblem(negative: halves[0][0], positive: halves[0][1]),
      let path = try? RegularisationPath(of: half, loss: .softplus, over: grid, tolerance: 1e-4)
    {
      errors = path.fits.map {
        let wrong = $0.classifier.errors(negative: halves[1][0], positive: halves[1][1])
        return wrong.negative + wrong.positive
      }
    }
    return Pair(
      classes: classes, measures: TiltMeasures(own, on: problem), errors: errors,
      count: halves[1][0].size(0) + halves[1][1].size(0))
  }

  // MARK: Findings

  func findings(resamples: Int) throws -> [Finding] {
    let angles = pairs.compactMap(\.measures.angle)
    var found: [Finding] = []
    if !angles.isEmpty {
      let shares = pairs.map {
        $0.measures.adversarialDistance / max($0.measures.largestAdversarialDistance, 1e-300)
      }
      let norms = pairs.map(\.measures.norm)
      var stream = RandomStream(seed: seed, purpose: "geometry.feature_angle.bootstrap")
      let interval =
        angles.count > 1
        ? try Bootstrap(.percentile, resamples: resamples).mean(of: angles, using: &stream) : nil
      found.append(
        try Finding(
          id: "geometry.feature_angle", title: "Tilting angle of the last layer",
          value: mean(of: angles), interval: interval, unit: "radians", better: .lower,
          detail: """
            Mean over \(pairs.count) pairs of classes of the angle between the difference of two rows \
            of the last layer and the line between the centroids of its \(featureCount) features; the \
            interval is over pairs. The adversarial distance in features is \
            \(NumberText.percent(mean(of: shares), decimals: 0)) of the largest possible; scores \
            are \(FindingID.part(for: rounded(mean(of: norms)))) times distances.
            """,
          plots: [anglePlot]))
    }
    if let decay = try decayFinding() { found.append(decay) }
    return found
  }

  private var anglePlot: Plot {
    let classes = names.indices.map { $0 }
    let values = classes.map { row in
      classes.map { column -> Double in
        let pair = pairs.first { $0.classes == (min(row, column), max(row, column)) }
        return row == column ? .nan : pair?.measures.angle ?? .nan
      }
    }
    return Plot(
      title: "Tilting angles of the last layer",
      caption: "In radians, between each two classes; π/2 is a boundary along the data.",
      content: .heatmap(
        Plot.Heatmap(
          rowTitle: "class", columnTitle: "class", rows: names, columns: names, values: values)))
  }

  /// The strongest regularisation of the last layer that errs as little, within a standard error, as the
  /// best one.
  private func decayFinding() throws -> Finding? {
    let judged = pairs.filter { $0.errors.count == levels.count }
    guard !judged.isEmpty else { return nil }
    let total = judged.reduce(0) { $0 + $1.count }
    let errors = levels.indices.map { level in judged.reduce(0) { $0 + $1.errors[level] } }
    let least = Double(errors.min() ?? 0) / Double(total)
    let allowed = least + (least * (1 - least) / Double(total)).squareRoot()
    let index = errors.firstIndex { Double($0) / Double(total) <= allowed } ?? 0
    return try Finding(
      id: "geometry.suggested_weight_decay",
      title: "Weight decay of the last layer that tilts least",
      value: 2 * levels[index], unit: "", better: .higher,
      detail: """
        Twice the largest lambda of logistic regression on the features, one half of the examples \
        judging what the other half taught, at which \(judged.count) pairs of classes err as little as \
        at the best lambda, within one standard error: \(errors[index]) against \(errors.min() ?? 0) of \
        \(total). For the last layer alone, as in rate (gradient + decay w).
        """)
  }

  private func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }

  /// Layers of a finished network, which evaluation passes only read.
  private struct Layers: @unchecked Sendable {
    private let stages: [any Layer]

    init(_ stages: [any Layer]) { self.stages = stages }

    func callAsFunction(_ input: Tensor) -> Tensor {
      stages.reduce(input) { $1($0, .evaluation) }
    }
  }
}
