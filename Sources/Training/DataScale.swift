import Datasets
import Foundation
import Perturbations
import Torch

/// How large a data set's inputs are, and how far apart its classes lie: what radii are measured by.
public struct DataScale: Sendable, Equatable {
  /// The number of features of an input.
  public let featureCount: Int
  /// The root mean square of all features.
  public let rootMeanSquare: Double
  /// The median Euclidean length of an input.
  public let medianLength: Double
  /// Euclidean distances from examples to the nearest example of another class: the 5 % quantile.
  public let closestClasses: Double
  /// Their median.
  public let medianBetweenClasses: Double
  /// The median distance to the nearest other example of the same class.
  public let medianWithinClass: Double
  /// How many examples were looked at.
  public let count: Int

  /// Measures examples that are drawn at random, at most `limit`.
  ///
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for data without two classes among them,
  ///   or with one example only; ``TrainingError/outputs(term:data:are:alternative:)`` for data with
  ///   several labels an example.
  public init(of data: Dataset, limit: Int = 2000, seed: UInt64 = 0) throws {
    guard data.targets == nil else {
      throw TrainingError.outputs(
        term: "the scale of the data", data: data.name, are: .labels,
        alternative:
          "choose radii by the length of the inputs; there are no distances to other classes")
    }
    count = min(limit, data.count)
    var stream = RandomStream(seed: seed, purpose: "data-scale")
    let batch = data.batch(stream.permutation(of: data.count).prefix(count).sorted())
    let inputs = batch.inputs.to(.float64).flattened(from: 1)
    let labels = batch.labels.values(as: Int.self)
    guard Set(labels).count > 1 else {
      throw TrainingError.setting(
        name: "data", value: "of one class", allowed: "of two classes")
    }
    featureCount = inputs.size(1)
    rootMeanSquare = inputs.squared().mean().item.squareRoot()
    medianLength = L2().length(of: inputs).quantile(Tensor([0.5]), along: 0).item
    let (between, within) = Self.distances(inputs, labels)
    let levels = Tensor(between).quantile(Tensor([0.05, 0.5]), along: 0)
    (closestClasses, medianBetweenClasses) = (levels[0].item, levels[1].item)
    medianWithinClass =
      within.isEmpty ? .nan : Tensor(within).quantile(Tensor([0.5]), along: 0).item
  }

  /// Nearest distances to other classes and, where a class has two examples, within it.
  private static func distances(
    _ inputs: Tensor, _ labels: [Int]
  ) -> (between: [Double], within: [Double]) {
    var between: [Double] = []
    var within: [Double] = []
    let chunk = 250
    for start in stride(from: 0, to: labels.count, by: chunk) {
      let end = min(start + chunk, labels.count)
      let rows = inputs[start..<end].pairwiseDistances(to: inputs).values(as: Double.self)
      for row in start..<end {
        var (other, same) = (Double.infinity, Double.infinity)
        for column in labels.indices where column != row {
          let distance = rows[(row - start) * labels.count + column]
          if labels[column] == labels[row] {
            same = min(same, distance)
          } else {
            other = min(other, distance)
          }
        }
        if other.isFinite { between.append(other) }
        if same.isFinite { within.append(same) }
      }
    }
    return (between, within)
  }
}
