import Torch

/// How far two maps of one example are apart.
public enum ExplanationDistance: String, Sendable, CaseIterable {
  /// The Euclidean distance of maps that were brought to length 1: from 0 to 2, whatever their scales.
  case euclidean = "l2"
  /// 1 less Spearman's correlation over places, equal values at the mean of their ranks: from 0 to 2.
  case spearman

  /// The distance for every example; not a number for maps that are constant (`spearman`), zero (`l2`) or
  /// no numbers.
  ///
  /// - Parameters:
  ///   - left: values of places, `[N, P]`.
  ///   - right: the same of other maps.
  public func callAsFunction(_ left: Tensor, _ right: Tensor) -> [Double] {
    let (left, right) = (left.to(.float64), right.to(.float64))
    switch self {
    case .euclidean:
      func unit(_ maps: Tensor) -> Tensor {
        maps / maps.norm(along: [1], keepingDimensions: true)
      }
      return (unit(left) - unit(right)).norm(along: [1]).values(as: Double.self)
    case .spearman:
      return (0..<left.size(0)).map { row in
        1
          - RankCorrelation.spearman(
            left[row].values(as: Double.self), right[row].values(as: Double.self))
      }
    }
  }
}
