import Foundation
import Torch

/// Points round the corners of a cube that lies at random in a space of many dimensions, with one label
/// for every edge direction: examples that have any number of labels, of which all is known.
///
/// With orthonormal vectors w₁ … w_K, drawn from the seed, an example is `Σ sₖ wₖ + σ n`: every sign sₖ
/// is -1 or 1 with probability ½, n is standard normal in all dimensions, and label k is there where sₖ
/// is 1. So labels are independent, and the best score for label k is the product of wₖ with the
/// example.
public struct CubeInSpace: Sendable {
  /// "cube-in-space".
  public static let name = "cube-in-space"

  /// The number of labels, K.
  public let labelCount: Int
  /// The number of dimensions, at least K.
  public let dimensions: Int
  /// The standard deviation σ of the noise in each dimension; corners are 2 apart.
  public let noise: Double

  /// A cube.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for fewer than 2
  ///   labels or fewer dimensions than labels, or a noise that is not positive and finite.
  public init(
    labelCount: Int = 5, dimensions: Int = 100, noise: Double = 0.4
  ) throws(ProceduralError) {
    try require(2...1000 ~= labelCount, Self.name, "labels", labelCount, "a number from 2 to 1000")
    try require(
      labelCount...100_000 ~= dimensions, Self.name, "dimensions", dimensions,
      "a number from \(labelCount) to 100000")
    try require(noise > 0 && noise.isFinite, Self.name, "noise", noise, "a positive number")
    self.labelCount = labelCount
    self.dimensions = dimensions
    self.noise = noise
  }

  /// The least share of wrong labels that a classifier can have: `Φ(-1/σ)`.
  public var bayesLabelError: Double { erfc(1 / noise / 2.0.squareRoot()) / 2 }

  /// The least share of examples with a wrong label: `1 - Φ(1/σ)^K`.
  public var bayesExactMatchError: Double { 1 - pow(1 - bayesLabelError, Double(labelCount)) }

  /// The area under the receiver operating characteristic of the best score: `Φ(√2/σ)`, the probability
  /// that of two normal scores whose means are 2 apart the right one is higher.
  public var bayesROCArea: Double { 1 - erfc(1 / noise) / 2 }

  /// Draws the first examples of a part.
  ///
  /// Example i depends on the settings, the seed, the part and i only.
  ///
  /// - Parameters:
  ///   - count: how many, at least 1.
  ///   - seed: of the cube and the examples.
  ///   - part: examples to train, choose settings or test on, which never overlap.
  /// - Throws: ``ProceduralError`` when they cannot be drawn, `DatasetError` when there are none.
  public func dataset(
    count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> Dataset {
    let axes = axes(seed: seed)
    let streams = ProceduralStreams(set: Self.name, seed: seed, part: part)
    let sample = try streams.draw(count, shape: [dimensions]) { index, values in
      var stream = streams.example(index)
      let signs = (0..<labelCount).map { _ in stream.uniform() < 0.5 ? -1.0 : 1.0 }
      for place in values.indices {
        let corner = signs.indices.reduce(0) { $0 + signs[$1] * axes[$1][place] }
        values[place] = Float(corner + noise * stream.normal())
      }
      return (0, signs)
    }
    let targets = sample.truth.flatMap { $0.map { Float($0 > 0 ? 1 : 0) } }
    return try Dataset(
      name: Self.name, inputs: Tensor(sample.inputs, shape: sample.shape),
      targets: Tensor(targets, shape: [sample.count, labelCount]),
      labelNames: (0..<labelCount).map { "axis \($0)" }, range: Dataset.unbounded,
      part: part.datasetPart)
  }

  /// Orthonormal vectors (Gram and Schmidt), one a label.
  package func axes(seed: UInt64) -> [[Double]] {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var found: [[Double]] = []
    for label in 0..<labelCount {
      var stream = RandomStream(seed: seed, purpose: "\(Self.name).axes", index: UInt64(label))
      var axis = (0..<dimensions).map { _ in stream.normal() }
      // Twice, since in few dimensions a draw may lie close to those before.
      for _ in 0..<2 {
        for other in found {
          let shared = dot(axis, other)
          axis = zip(axis, other).map { $0 - shared * $1 }
        }
      }
      let length = dot(axis, axis).squareRoot()
      found.append(axis.map { $0 / length })
    }
    return found
  }
}
