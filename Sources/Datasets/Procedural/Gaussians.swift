import Foundation
import Torch

/// Normal clusters, one a class, in any dimension, with equal shares.
///
/// A point of class c is `mean_c + L_c z` with z standard normal and `L_c L_c^T` the covariance of
/// the class, so its density, the best possible label and the best possible error are known.
public struct Gaussians: ProceduralSet {
  /// "gaussians".
  public static let name = "gaussians"

  /// The mean of each class.
  public let means: [[Double]]
  /// The covariance of each class, a list of rows.
  public let covariances: [[[Double]]]
  private let factors: [CholeskyFactor]

  /// What is known about one point.
  public struct Truth: Sendable, Equatable {
    /// The point, before it was rounded to 32 bits.
    public let position: [Double]
    /// The label that errs least often there; it may differ from the point's own.
    public let bayesLabel: Int
  }

  /// Clusters with these means and covariances.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` when there is no
  ///   mean, when the sizes do not agree, when a number is not finite, or when a covariance is not
  ///   symmetric and positive definite.
  public init(means: [[Double]], covariances: [[[Double]]]) throws(ProceduralError) {
    let dimension = means.first?.count ?? 0
    try require(dimension > 0, Self.name, "means", means, "at least one vector of numbers")
    try require(
      means.allSatisfy { $0.count == dimension && $0.allSatisfy(\.isFinite) }, Self.name, "means",
      means, "finite vectors of equal size")
    try require(
      covariances.count == means.count, Self.name, "number of covariances", covariances.count,
      "\(means.count), the number of means")
    var factors: [CholeskyFactor] = []
    for (label, covariance) in covariances.enumerated() {
      guard let factor = CholeskyFactor(of: covariance), factor.dimension == dimension else {
        throw .invalidSetting(
          set: Self.name, setting: "covariance of class \(label)", value: "\(covariance)",
          requirement: "a symmetric, positive definite \(dimension) x \(dimension) matrix")
      }
      factors.append(factor)
    }
    self.means = means
    self.covariances = covariances
    self.factors = factors
  }

  /// Clusters on a regular polygon in the first two directions (on a line in one dimension).
  ///
  /// - Parameters:
  ///   - classes: how many clusters.
  ///   - dimension: how many numbers a point has.
  ///   - separation: the distance between the means of neighbours.
  ///   - deviation: the largest standard deviation of each cluster.
  ///   - anisotropy: the ratio of the largest to the smallest standard deviation; those between are
  ///     spaced by equal factors, and each class has axes of its own, drawn evenly at random.
  ///   - layout: the seed of the axes; without effect when `anisotropy` is 1.
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for a setting that
  ///   is out of range.
  public init(
    classes: Int = 2, dimension: Int = 2, separation: Double = 4, deviation: Double = 1,
    anisotropy: Double = 1, layout: UInt64 = 0
  ) throws(ProceduralError) {
    try require((1...10_000).contains(classes), Self.name, "classes", classes, "1 to 10000")
    try require((1...1024).contains(dimension), Self.name, "dimension", dimension, "1 to 1024")
    try require(
      separation >= 0 && separation.isFinite, Self.name, "separation", separation,
      "a number of at least 0")
    try require(
      deviation > 0 && deviation.isFinite, Self.name, "deviation", deviation, "a positive number")
    try require(
      (1...1e4).contains(anisotropy), Self.name, "anisotropy", anisotropy, "between 1 and 10000")
    let deviations = (0..<dimension).map { axis in
      deviation * pow(anisotropy, -Double(axis) / Double(max(dimension - 1, 1)))
    }
    try self.init(
      means: Self.polygon(classes, dimension: dimension, separation: separation),
      covariances: (0..<classes).map { label in
        var stream = RandomStream(
          seed: layout, purpose: "gaussians.layout", index: UInt64(label))
        return covariance(
          deviations: deviations, axes: anisotropy > 1 ? randomAxes(dimension, &stream) : nil)
      })
  }

  private static func polygon(
    _ classes: Int, dimension: Int, separation: Double
  ) -> [[Double]] {
    (0..<classes).map { label in
      var mean = [Double](repeating: 0, count: dimension)
      if dimension == 1 || classes == 2 {
        mean[0] = (Double(label) - Double(classes - 1) / 2) * separation
      } else if classes > 2 {
        let angle = 2 * Double.pi * Double(label) / Double(classes)
        let radius = separation / (2 * sin(.pi / Double(classes)))
        mean[0] = radius * cos(angle)
        mean[1] = radius * sin(angle)
      }
      return mean
    }
  }

  /// How many numbers a point has.
  public var dimension: Int { means[0].count }

  /// [dimension].
  public var exampleShape: [Int] { [dimension] }

  /// "cluster 0", "cluster 1" and so on.
  public var classNames: [String] { means.indices.map { "cluster \($0)" } }

  /// Draws points; see ``ProceduralSet/draw(_:seed:part:)``.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<Truth> {
    let streams = ProceduralStreams(set: Self.name, seed: seed, part: part)
    return try streams.draw(count, shape: exampleShape) { index, values in
      let label = streams.label(index, classes: means.count)
      var stream = streams.example(index)
      let normals = (0..<dimension).map { _ in stream.normal() }
      let position = zip(means[label], factors[label].product(with: normals)).map(+)
      for axis in position.indices { values[axis] = Float(position[axis]) }
      return (label, Truth(position: position, bayesLabel: bayesLabel(of: position)))
    }
  }

  /// The logarithm of a class's density at a point of `dimension` numbers.
  public func logDensity(of point: [Double], label: Int) -> Double {
    let factor = factors[label]
    let whitened = factor.solution(for: zip(point, means[label]).map(-))
    let square = whitened.reduce(0) { $0 + $1 * $1 }
    return -(square + factor.logDeterminant + Double(dimension) * log(2 * .pi)) / 2
  }

  /// The label that errs least often at a point: that of the largest density.
  public func bayesLabel(of point: [Double]) -> Int {
    var best = (label: 0, value: -Double.infinity)
    for label in means.indices {
      let value = logDensity(of: point, label: label)
      if value > best.value { best = (label, value) }
    }
    return best.label
  }

  /// The error of the best possible classifier, where a closed form is known.
  ///
  /// For one class it is 0; for two of equal covariance it is Φ(-Δ/2), with Δ the Mahalanobis
  /// distance between the means; else it is `nil`, and ``estimatedBayesError(points:seed:)`` helps.
  public var bayesError: Double? {
    if means.count == 1 { return 0 }
    guard means.count == 2, covariances[0] == covariances[1] else { return nil }
    let whitened = factors[0].solution(for: zip(means[1], means[0]).map(-))
    let distance = whitened.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return erfc(distance / 2 / (2.0).squareRoot()) / 2
  }

  /// The error of the best possible classifier, counted on points drawn for that purpose.
  ///
  /// - Returns: the share of errors and its standard error.
  /// - Throws: ``ProceduralError`` when the number of points is negative or too large.
  public func estimatedBayesError(
    points: Int = 100_000, seed: UInt64
  ) throws -> (value: Double, standardError: Double) {
    let sample = try draw(points, seed: seed, part: .test)
    let errors = zip(sample.labels, sample.truth).count { $0 != $1.bayesLabel }
    let share = Double(errors) / Double(max(points, 1))
    return (share, (share * (1 - share) / Double(max(points, 1))).squareRoot())
  }
}
