import Statistics
import Torch

/// The kernel distance of two sets of features (KID, where they are Inception's; Bińkowski et al., ICLR
/// 2018): the unbiased estimate of the squared maximum mean discrepancy with the kernel
/// `(x·y / D + 1)³`.
///
/// Its mean is 0 for sets of one distribution, whatever their sizes, so that single values may be below 0.
public struct KernelDistance: Sendable, Equatable {
  /// How images were drawn, on which depends which pairs are rare by chance.
  public enum Sampling: String, Sendable, Equatable, Codable, CaseIterable {
    /// Each by itself, as the published estimate has it.
    case independent
    /// Several of each identity. Of n images of each of G identities only `(n - 1) / (G n - 1)` of the pairs
    /// within a set are of one identity, but `1 / G` of those across two sets; the published estimate is far
    /// below 0 then, even for two sets of one distribution. This one takes the mean kernel within each
    /// identity and between each two, and weights them by their shares.
    case byIdentity = "by-identity"
  }

  /// The distance, which may be negative.
  public let value: Double
  /// How images were taken to be drawn.
  public let sampling: Sampling
  /// Its interval, by drawing identities; `nil` with fewer than two of them.
  public let interval: Interval?
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
  /// An identity that is drawn twice counts twice in its own pairs, a pair of two as often as both were
  /// drawn; copies of one identity make no pairs of their own, so that draws have no bias from equal images.
  ///
  /// - Parameter sampling: how images were drawn; ``Sampling/byIdentity`` needs two images at least of every
  ///   identity of a set.
  /// - Throws: ``InversionError`` for features of other networks, too few images of an identity, or when the
  ///   distance is not finite; `StatisticsError` for settings of the bootstrap that are out of range.
  public init(
    real: FeatureSet, made: FeatureSet, sampling: Sampling = .independent,
    _ bootstrap: Bootstrap = Bootstrap(resamples: 2000),
    using generator: inout some RandomNumberGenerator
  ) throws {
    try real.check(made)
    if sampling == .byIdentity {
      for (name, set) in [("real", real), ("made", made)] {
        let counts = Dictionary(grouping: set.identities, by: \.self).mapValues(\.count)
        if let lonely = counts.filter({ $0.value < 2 }).keys.min() {
          throw InversionError.tooFew("\(name) images of identity \(lonely)", count: 1, least: 2)
        }
      }
    }
    let groups = Set(real.identities + made.identities).sorted()
    let blocks = Blocks(real, made, groups: groups, sampling)
    value = blocks.distance(Array(repeating: 1, count: groups.count))
    guard value.isFinite else {
      throw InversionError.notDefined(
        measure: "kernel distance", reason: "the kernel of such features is not finite")
    }
    interval =
      groups.count < 2
      ? nil
      : try bootstrap.interval(
        of: "kernel distance", over: Array(groups.indices), using: &generator
      ) { drawn in
        var weights = [Double](repeating: 0, count: groups.count)
        for group in drawn { weights[group] += 1 }
        return blocks.distance(weights)
      }
    self.sampling = sampling
    features = real.name
    width = real.width
    (realCount, madeCount) = (real.count, made.count)
  }

  /// Sums of the kernel and numbers of pairs, for each pair of identities.
  private struct Blocks {
    private struct Part {
      let sums: [Double]
      let pairs: [Double]
    }

    private let count: Int
    private let real: Part
    private let made: Part
    private let across: Part
    private let sampling: Sampling
    private let shares: (real: [Double], made: [Double])

    init(_ real: FeatureSet, _ made: FeatureSet, groups: [Int], _ sampling: Sampling) {
      count = groups.count
      self.sampling = sampling
      let own = (real.members(of: groups), made.members(of: groups))
      shares = (
        own.0.sum(along: 0).values(as: Double.self), own.1.sum(along: 0).values(as: Double.self)
      )
      self.real = Self.part(real.rows, real.rows, own.0, own.0, isOwn: true)
      self.made = Self.part(made.rows, made.rows, own.1, own.1, isOwn: true)
      across = Self.part(real.rows, made.rows, own.0, own.1, isOwn: false)
    }

    private static func part(
      _ left: Tensor, _ right: Tensor, _ members: Tensor, _ others: Tensor, isOwn: Bool
    ) -> Part {
      let width = Double(left.size(1))
      // Rows in parts, so that the kernel of many images is never there as a whole.
      let sums = stride(from: 0, to: left.size(0), by: 512).map { start in
        let range = start..<min(start + 512, left.size(0))
        let kernel = (left[range].matmul(right.transposed()) / width + 1).pow(3)
        return members[range].transposed().matmul(kernel).matmul(others)
      }
      var total = sums.dropFirst().reduce(sums[0], +)
      let counts = (members.sum(along: 0), others.sum(along: 0))
      var pairs = counts.0.outer(counts.1)
      if isOwn {
        let diagonal = (left.squared().sum(along: 1) / width + 1).pow(3)
        total =
          total
          - members.transposed().matmul(diagonal.unsqueezed(1)).squeezed(1)
          .diagonalMatrix()
        pairs = pairs - counts.0.diagonalMatrix()
      }
      return Part(
        sums: total.contiguous().values(as: Double.self),
        pairs: pairs.contiguous().values(as: Double.self))
    }

    func distance(_ weights: [Double]) -> Double {
      switch sampling {
      case .independent:
        return mean(real, weights) + mean(made, weights) - 2 * mean(across, weights)
      case .byIdentity:
        let (left, right) = (
          zip(weights, shares.real).map(*), zip(weights, shares.made).map(*)
        )
        return mean(real, left, left) + mean(made, right, right) - 2 * mean(across, left, right)
      }
    }

    /// The mean over pairs of images.
    private func mean(_ part: Part, _ weights: [Double]) -> Double {
      var (sum, pairs) = (0.0, 0.0)
      for row in 0..<count where weights[row] > 0 {
        for column in 0..<count {
          let weight = row == column ? weights[row] : weights[row] * weights[column]
          sum += weight * part.sums[row * count + column]
          pairs += weight * part.pairs[row * count + column]
        }
      }
      return sum / pairs
    }

    /// The mean over pairs of identities, each of which counts by the product of its two shares.
    private func mean(_ part: Part, _ left: [Double], _ right: [Double]) -> Double {
      var (sum, total) = (0.0, 0.0)
      for row in 0..<count where left[row] > 0 {
        for column in 0..<count where right[column] > 0 {
          let place = row * count + column
          sum += left[row] * right[column] * part.sums[place] / part.pairs[place]
          total += left[row] * right[column]
        }
      }
      return sum / total
    }
  }
}
