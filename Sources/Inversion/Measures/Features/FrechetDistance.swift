import Foundation
import Statistics
import Torch

/// The Fréchet distance of the normal distributions that have the means and covariances of two sets of
/// features (FID, where the features are Inception's; Heusel et al., NeurIPS 2017, equation 6):
/// `|μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½)`.
///
/// It is a squared distance in units of the features, 0 for equal moments, and depends on the features and
/// on the number of images: with few it is too large. Where it cannot be computed there is an error and no
/// number, since 0 would be the best there is.
public struct FrechetDistance: Sendable, Equatable {
  /// The distance, at least 0.
  public let value: Double
  /// What computed the features.
  public let features: String
  /// The number of features, D.
  public let width: Int
  /// How many real images there are.
  public let realCount: Int
  /// How many made images there are.
  public let madeCount: Int

  /// The distance of made images from real ones.
  ///
  /// - Throws: ``InversionError/notDefined(measure:reason:)`` when the matrix root fails;
  ///   ``InversionError`` for features of other networks.
  public init(real: FeatureSet, made: FeatureSet) throws {
    try real.check(made)
    let centre = real.rows.mean(along: [0], keepingDimensions: true)
    value = try Self.distance(
      Moments(real.rows - centre, count: Double(real.count)),
      Moments(made.rows - centre, count: Double(made.count)))
    features = real.name
    width = real.width
    (realCount, madeCount) = (real.count, made.count)
  }

  /// What is to be said where images are few for so many features; `nil` when they are not.
  ///
  /// The bias falls with one over the number of images. From ten images a feature on it is small beside
  /// what attacks differ by; up to D images a covariance is not even invertible.
  public var warning: String? {
    let least = min(realCount, madeCount)
    guard least < 10 * width else { return nil }
    let singular = least <= width ? "; at least one covariance is singular" : ""
    return """
      the Fréchet distance rests on \(realCount) real and \(madeCount) made images for \(width) \
      features, which makes it too large\(singular): compare only values of as many images, or the \
      kernel distance
      """
  }

  /// The interval of the distance by drawing identities.
  ///
  /// - Parameter bootstrap: its method should be BCa, since drawn sets have fewer different images and so a
  ///   larger distance.
  /// - Throws: as ``init(real:made:)``, and `StatisticsError`.
  public static func interval(
    real: FeatureSet, made: FeatureSet, _ bootstrap: Bootstrap = Bootstrap(resamples: 200),
    using generator: inout some RandomNumberGenerator
  ) throws -> Interval {
    try real.check(made)
    let groups = Set(real.identities + made.identities).sorted()
    let centre = real.rows.mean(along: [0], keepingDimensions: true)
    let sums = [real, made].map { set in
      Sums(set.rows - centre, members: set.members(of: groups))
    }
    return try bootstrap.interval(
      of: "Fréchet distance", over: Array(groups.indices), using: &generator
    ) { drawn in
      var weights = [Double](repeating: 0, count: groups.count)
      for group in drawn { weights[group] += 1 }
      let moments = sums.map { $0.moments(weights) }
      guard moments.allSatisfy({ $0.count >= 2 }) else { return .nan }
      return (try? distance(moments[0], moments[1])) ?? .nan
    }
  }

  /// Counts, sums and sums of products, from which means and covariances follow.
  private struct Moments {
    let count: Double
    let mean: Tensor
    let covariance: Tensor

    init(_ rows: Tensor, count: Double) {
      self.init(
        count: count, sum: rows.sum(along: 0), products: rows.transposed().matmul(rows))
    }

    init(count: Double, sum: Tensor, products: Tensor) {
      self.count = count
      mean = sum / count
      covariance = (products - mean.outer(mean) * count) / (count - 1)
    }
  }

  /// The sums of every identity.
  private struct Sums {
    let counts: Tensor
    let sums: Tensor
    let products: Tensor
    let width: Int

    init(_ rows: Tensor, members: Tensor) {
      width = rows.size(1)
      counts = members.sum(along: 0)
      sums = members.transposed().matmul(rows)
      products = Tensor.stacked(
        (0..<members.size(1)).map { group in
          let own = rows * members.select(group, along: 1).unsqueezed(1)
          return own.transposed().matmul(rows).flattened()
        })
    }

    func moments(_ weights: [Double]) -> Moments {
      let weights = Tensor(weights)
      return Moments(
        count: weights.dot(counts).item, sum: weights.unsqueezed(0).matmul(sums).squeezed(0),
        products: weights.unsqueezed(0).matmul(products).reshaped(width, width))
    }
  }

  private static func distance(_ first: Moments, _ second: Moments) throws -> Double {
    let root: Double
    do {
      root = try attempt {
        let (values, vectors) = first.covariance.symmetricEigen()
        try check(values)
        let half = (vectors * values.clamped(to: 0...).sqrt()).matmul(vectors.transposed())
        let inner = half.matmul(second.covariance).matmul(half)
        let (squares, _) = ((inner + inner.transposed()) / 2).symmetricEigen()
        try check(squares)
        return squares.clamped(to: 0...).sqrt().sum().item
      }
    } catch let error as InversionError {
      throw error
    } catch {
      throw InversionError.notDefined(
        measure: "Fréchet distance", reason: "the root of the covariances failed (\(error))")
    }
    let shift = (first.mean - second.mean).squared().sum().item
    let spread = first.covariance.trace().item + second.covariance.trace().item
    let value = shift + spread - 2 * root
    // Rounding may leave a little less than 0, a mistake more than a little.
    guard value.isFinite, value >= -1e-6 * (shift + spread) else {
      throw InversionError.notDefined(
        measure: "Fréchet distance", reason: "it came out as \(value)")
    }
    return max(0, value)
  }

  private static func check(_ eigenvalues: Tensor) throws(InversionError) {
    let (least, largest) = (eigenvalues.min().item, eigenvalues.max().item)
    guard least.isFinite, largest.isFinite, least >= -1e-6 * max(largest, 1e-300) else {
      throw .notDefined(
        measure: "Fréchet distance", reason: "a covariance has the eigenvalue \(least)")
    }
  }
}
