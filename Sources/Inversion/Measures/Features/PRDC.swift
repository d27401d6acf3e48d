import Torch

/// Precision, recall, density and coverage of made images by balls around images that reach to the k-th
/// neighbour of their own set.
///
/// Two formulas are in use under the same names and give different numbers, so that a value needs its
/// formula beside it.
public struct PRDC: Sendable, Equatable {
  /// Which formula.
  public enum Formula: String, Sendable, Equatable, Codable, CaseIterable, CustomStringConvertible {
    /// Kynkäänniemi et al. (NeurIPS 2019) and Naeem et al. (ICML 2020), as in the package `prdc`: an image
    /// is inside when it is in any ball; the density is a mean over the made images.
    case reference
    /// As in the code of PPA, IF-GMI, MIBench and Diff-MI: an image is inside when it is in the ball of its
    /// nearest neighbour; the density is divided by the number of real images. Only to compare with
    /// their tables.
    case nearestBall = "nearest-ball"

    /// What is said in results.
    public var description: String {
      switch self {
      case .reference: "PRDC by the formula of the package prdc"
      case .nearestBall: "PRDC by the formula of PPA's code (nearest ball), not the published one"
      }
    }
  }

  /// The share of made images that lie among real ones, in 0...1.
  public let precision: Double
  /// The share of real images that lie among made ones, in 0...1.
  public let recall: Double
  /// How many balls of real images a made one is in, over k; about 1 where both sets are alike, and it may
  /// be above.
  public let density: Double
  /// The share of real images whose ball has a made one in it, in 0...1.
  public let coverage: Double
  /// Which formula.
  public let formula: Formula
  /// To which neighbour balls reach, k.
  public let neighbours: Int
  /// What computed the features.
  public let features: String
  /// How many real images there are; all of them count.
  public let realCount: Int
  /// How many made images there are; all of them count.
  public let madeCount: Int

  /// The measures of made images beside real ones.
  ///
  /// - Parameter neighbours: k, at least 1 and below the number of images in each set.
  /// - Throws: ``InversionError`` for features of other networks or too few images.
  public init(
    real: FeatureSet, made: FeatureSet, neighbours: Int = 3, formula: Formula = .reference
  ) throws {
    try real.check(made)
    guard neighbours >= 1 else {
      throw InversionError.setting(
        name: "neighbours", value: "\(neighbours)", allowed: "at least 1")
    }
    for (name, set) in [("real images", real), ("made images", made)]
    where set.count <= neighbours {
      throw InversionError.tooFew(name, count: set.count, least: neighbours + 1)
    }
    let reach = (
      real: Self.reach(real.rows, neighbours), made: Self.reach(made.rows, neighbours)
    )
    let distances = real.rows.squaredDistances(to: made.rows)
    let inReal = distances.less(than: reach.real.unsqueezed(1))
    let inMade = distances.less(than: reach.made.unsqueezed(0))
    let count = inReal.to(.float64).sum().item / Double(neighbours)
    switch formula {
    case .reference:
      precision = Self.share(inReal.any(along: 0))
      recall = Self.share(inMade.any(along: 1))
      density = count / Double(made.count)
    case .nearestBall:
      precision = Self.share(
        distances.minWithIndices(along: 0).values
          .less(than: reach.real.selecting(rows: distances.argmin(along: 0))))
      recall = Self.share(
        distances.minWithIndices(along: 1).values
          .less(than: reach.made.selecting(rows: distances.argmin(along: 1))))
      density = count / Double(real.count)
    }
    coverage = Self.share(
      distances.minWithIndices(along: 1).values.less(than: reach.real))
    self.formula = formula
    self.neighbours = neighbours
    features = real.name
    (realCount, madeCount) = (real.count, made.count)
  }

  /// The squared distance of every row to its k-th neighbour among the others.
  private static func reach(_ rows: Tensor, _ neighbours: Int) -> Tensor {
    // The row itself is left out by name: of equal rows each is a neighbour of the other at distance 0.
    let isOwn = Tensor.identity(rows.size(0), dtype: .float64).greater(than: 0.5)
    return rows.squaredDistances(to: rows).filled(where: isOwn, with: .infinity)
      .smallest(neighbours, along: 1).values
  }

  private static func share(_ flags: Tensor) -> Double { flags.to(.float64).mean().item }
}
