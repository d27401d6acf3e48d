import Torch

/// Which values features can take: any, those of a lattice such as the 256 levels of a stored pixel, or
/// one category of several.
///
/// Attacks move features freely and ask the model about the nearest point of the domain, so that what
/// they report survives being stored. Gradients are taken there and go through the rounding unchanged
/// (the straight-through estimate of Bengio et al., 2013).
public struct Domain: Sendable {
  /// Levels in a unit for every feature, of the shape of one example or of one element; zero where any
  /// value is allowed.
  private let levels: Tensor?
  /// The value of level zero.
  private let offset: Double
  /// Groups of features of the flattened example of which one is one and all others are zero.
  private let groups: [[Int]]

  /// Any value.
  public static let real = Domain(levels: nil, offset: 0, groups: [])
  /// Whole numbers.
  public static let integers = Domain(levels: Tensor([Float(1)]), offset: 0, groups: [])
  /// What a pixel stored in 8 bits can be, for pixels in 0...1: multiples of 1/255.
  public static let eightBit = Domain(levels: Tensor([Float(255)]), offset: 0, groups: [])

  /// Features of several kinds, as in tables.
  ///
  /// - Parameters:
  ///   - levels: levels in a unit for every feature, in the shape of one example: 1 for whole numbers,
  ///     100 for cents, zero for any value.
  ///   - oneHot: groups of features that code a category each, by their positions in the flattened
  ///     example. The radius of such a feature should be 1: to exchange a category is to move two
  ///     features by 1.
  /// - Throws: ``PerturbationError/domain`` for levels that are negative or not finite, a feature in
  ///   two groups, or a group of one.
  public static func mixed(
    levels: Tensor, oneHot: [[Int]] = []
  ) throws(PerturbationError) -> Domain {
    let grouped = oneHot.flatMap { $0 }
    guard levels.isFinite.and(levels.greaterOrEqual(to: 0)).all,
      Set(grouped).count == grouped.count, oneHot.allSatisfy({ $0.count > 1 }),
      grouped.allSatisfy((0..<levels.count).contains)
    else { throw .domain }
    return Domain(levels: levels, offset: 0, groups: oneHot)
  }

  /// Whether any value is allowed.
  public var isReal: Bool { levels == nil && groups.isEmpty }

  /// Checks that inputs are in the domain.
  ///
  /// - Throws: ``PerturbationError/outsideDomain(example:)``, ``PerturbationError/shape(name:shape:inputs:)``.
  func validate(_ inputs: Tensor, indices: [Int]) throws(PerturbationError) {
    guard !isReal else { return }
    let shape = Array(inputs.shape.dropFirst())
    if let levels, levels.count != 1, levels.shape != shape {
      throw .shape(name: "domain", shape: levels.shape, inputs: shape)
    }
    var isWrong = Tensor.zeros([inputs.size(0)], dtype: .bool)
    if let levels {
      let position = (inputs - offset) * levels
      isWrong = (position - position.rounded()).abs().greater(than: 1e-3).examplesFlattened
        .any(along: 1)
    }
    for group in groups {
      let values = inputs.examplesFlattened.selecting(Tensor(group), along: 1)
      let isOneHot = values.max(along: 1).equal(to: 1).and(values.abs().sum(along: 1).equal(to: 1))
      isWrong = isWrong.or(isOneHot.not())
    }
    if let row = isWrong.values(as: Bool.self).firstIndex(of: true) {
      throw .outsideDomain(example: indices[row])
    }
  }

  /// The points of the domain nearest to perturbed inputs that lie in the ball.
  ///
  /// Rounding to the nearest level can lead out of a ball. Then features are rounded towards the centre
  /// unless they are further than a threshold on their way to the next level; the smallest threshold
  /// that stays in the ball is found by bisection, and with the largest one, 1, no feature moves away
  /// from the centre.
  func snapped(_ candidates: Tensor, around centers: Tensor, in ball: Ball) -> Tensor {
    guard !isReal else { return candidates }
    func lengthsFit(_ points: Tensor) -> Tensor {
      ball.length(of: points - centers).lessOrEqual(to: ball.radius * (1 + 1e-6))
    }
    var low = Tensor.full([candidates.size(0)], 0.5, dtype: candidates.dtype)
    let nearest = rounded(candidates, around: centers, threshold: low)
    guard ball.radius.isFinite, !lengthsFit(nearest).all else { return nearest }
    let fitsAtOnce = lengthsFit(nearest)
    var high = Tensor.ones(like: low)
    for _ in 0..<16 {
      let middle = (low + high) * 0.5
      let fits = lengthsFit(rounded(candidates, around: centers, threshold: middle))
      high = middle.where(fits, else: high)
      low = low.where(fits, else: middle)
    }
    high = (Tensor.zeros(like: high) + 0.5).where(fitsAtOnce, else: high)
    return rounded(candidates, around: centers, threshold: high)
  }

  private func rounded(_ points: Tensor, around centers: Tensor, threshold: Tensor) -> Tensor {
    var result = points
    if let levels {
      let levels = levels.to(points.dtype).to(points.device)
      let change = (points - centers) * levels
      let threshold = threshold.broadcastable(toRank: points.rank)
      let steps = change.sign() * (change.abs() + (1 - threshold)).floor()
      let level = ((centers - offset) * levels).rounded() + steps
      result = (level / levels + offset).where(levels.greater(than: 0), else: points)
    }
    for group in groups { result = exchanged(group, in: result, around: centers, threshold) }
    return result
  }

  /// One category of a group: the strongest where it leads by more than the threshold asks for, else
  /// that of the centre.
  private func exchanged(
    _ group: [Int], in points: Tensor, around centers: Tensor, _ threshold: Tensor
  ) -> Tensor {
    let columns = Tensor(group)
    let flat = points.examplesFlattened
    let old = centers.examplesFlattened.selecting(columns, along: 1)
    let values = flat.selecting(columns, along: 1)
    let strongest = values.maxWithIndices(along: 1)
    let lead = strongest.values - (values * old).sum(along: 1)
    let isExchanged = lead.greater(than: threshold * 2 - 1)
    let new = strongest.indices.oneHot(classCount: group.count).to(points.dtype)
    let chosen = new.where(isExchanged.unsqueezed(1), else: old)
    let places = columns.unsqueezed(0).expanded([flat.size(0), group.count])
    return flat.scattering(chosen, at: places, along: 1).reshaped(points.shape)
  }
}
