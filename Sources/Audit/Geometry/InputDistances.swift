import Datasets
import Foundation
import Perturbations
import Torch

/// How far the attacked examples are from the nearest boundary, of the model and between centroids.
struct InputDistances {
  /// The steps of the attack.
  let steps: Int
  /// The distance of every attacked example: 0 where the model is wrong, `nil` where none was found.
  let found: [Double?]
  /// The same of the classifier that takes the nearest centroid.
  let bounds: [Double]
  /// The Euclidean length of the gradient of the margin between the two largest logits.
  let slopes: [Double]

  init(of subject: Subject) throws {
    let batch = subject.attackedBatch
    let bounds = try attempt { Self.centroidDistances(of: batch, in: subject.data) }
    self.bounds = bounds
    steps = max(100, subject.settings.steps)
    let mean = bounds.reduce(0, +) / Double(max(1, bounds.count))
    let attack = DecoupledDirectionNorm(
      steps: steps, initialLength: min(max(mean > 0 ? mean / 2 : subject.unit, 1e-6), 1e6))
    let ball = try Ball(L2(), radius: .infinity, box: subject.box)
    let result = try subject.engine.run(
      attack, on: subject.target, batch, within: ball, context: subject.context)
    found = result.distance
    let target = subject.target
    slopes = try subject.engine.map(batch, context: subject.context) { part in
      let (_, _, gradient) = try target.gradient(at: part.inputs) { logits in
        let best = logits.top(2, along: 1).values
        return best.select(0, along: 1) - best.select(1, along: 1)
      }
      return L2().length(of: gradient).values(as: Double.self)
    }.flatMap { $0 }
  }

  /// `min over j of (|x - c_j|² - |x - c_y|²) / (2 |c_j - c_y|)`, 0 where another centroid is nearer.
  private static func centroidDistances(of batch: Batch, in data: Dataset) -> [Double] {
    let labels = data.labelValues
    var centroids: [(label: Int, centre: Tensor)] = []
    for label in data.classNames.indices {
      let rows = labels.indices.filter { labels[$0] == label }
      guard !rows.isEmpty else { continue }
      // In blocks: a data set as float64 can be eight times as large as in memory.
      let sums = stride(from: 0, to: rows.count, by: 1000).map { start in
        data.batch(Array(rows[start..<min(start + 1000, rows.count)])).inputs
          .flattened(from: 1).to(.float64).sum(along: 0)
      }
      let total = sums.dropFirst().reduce(sums[0]) { $0 + $1 }
      centroids.append((label, total / Double(rows.count)))
    }
    guard centroids.count > 1 else { return [Double](repeating: 0, count: batch.count) }
    let inputs = batch.inputs.flattened(from: 1).to(.float64)
    let centres = Tensor.stacked(centroids.map(\.centre))
    let squares = inputs.pairwiseDistances(to: centres).squared().values(as: Double.self)
    let between = centres.pairwiseDistances(to: centres).values(as: Double.self)
    let count = centroids.count
    return batch.labels.values(as: Int.self).enumerated().map { row, label in
      guard let own = centroids.firstIndex(where: { $0.label == label }) else { return 0 }
      let distances = (0..<count).filter { $0 != own && between[own * count + $0] > 0 }.map {
        (squares[row * count + $0] - squares[row * count + own]) / (2 * between[own * count + $0])
      }
      return max(0, distances.min() ?? 0)
    }
  }
}
