import Networks
import Torch

/// Keeps several reconstructions of one class from becoming one: `max(0, v₀ - Var)`, where Var is the variance of
/// features of length 1, summed over coordinates.
///
/// It belongs to what is seen, not to who is seen: in the space of identities it would work against `L_id`. It is
/// never negative, zero once there is variance enough, and added with a positive weight.
public struct DiversityLoss: Sendable, Equatable {
  /// v₀: the variance that is enough.
  public let enough: Double

  /// The loss.
  ///
  /// - Parameter enough: above 0; of features of length 1 variances are below `n / (n - 1)`.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(enough: Double = 0.05) throws(InversionError) {
    guard enough > 0, enough.isFinite else {
      throw .setting(name: "enough", value: "\(enough)", allowed: "positive and finite")
    }
    self.enough = enough
  }

  /// The mean loss over classes with at least two examples, a tensor with one element; zero where there is none.
  ///
  /// - Parameter variances: of each such class (``variances(of:labels:)``, ``variances(of:labels:by:)``).
  public func mean(of variances: [Tensor]) -> Tensor {
    guard !variances.isEmpty else { return .zeros([]) }
    return (enough - Tensor.stacked(variances)).relu().mean()
  }

  /// The variances of vectors `[N, D]`, such as attributes, scaled to length 1, within each class that has two
  /// or more, with the count less one.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``.
  public static func variances(
    of vectors: Tensor, labels: [Int]
  ) throws(InversionError) -> [Tensor] {
    guard vectors.rank == 2, vectors.size(0) == labels.count else {
      throw .counts(
        first: "vectors", count: vectors.shape.first ?? 0, second: "classes",
        otherCount: labels.count)
    }
    let units = vectors.unitRows()
    return groups(labels).map { rows in
      units.selecting(rows: rows).variance(along: [0], correction: 1).sum()
    }
  }

  /// The variances of images `[N, C, H, W]` within each class that has two or more, in the features of a
  /// perceptual distance: half of the mean distance of its pairs.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``; what the distance throws.
  public static func variances(
    of images: Tensor, labels: [Int], by distance: PerceptualDistance
  ) throws -> [Tensor] {
    guard images.rank == 4, images.size(0) == labels.count else {
      throw InversionError.counts(
        first: "images", count: images.shape.first ?? 0, second: "classes",
        otherCount: labels.count)
    }
    return try groups(labels).map { rows in
      let pairs = rows.indices.flatMap { first in
        (first + 1..<rows.count).map { (rows[first], rows[$0]) }
      }
      return try distance(
        images.selecting(rows: pairs.map(\.0)), images.selecting(rows: pairs.map(\.1))
      ).mean() * 0.5
    }
  }

  /// The rows of each class that has two or more, in the order of classes.
  private static func groups(_ labels: [Int]) -> [[Int]] {
    Dictionary(grouping: labels.indices) { labels[$0] }
      .filter { $0.value.count >= 2 }.sorted { $0.key < $1.key }.map(\.value)
  }
}
