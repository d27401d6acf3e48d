import Statistics

/// What units are drawn from, with a known mean.
enum Population: String, CaseIterable, Sendable {
  case normal
  case uniform
  case exponential
  /// Most near 1, like the accuracies of a good classifier on people; skewness -1.8.
  case beta = "Beta(19, 1)"

  var mean: Double {
    switch self {
    case .normal: 0
    case .uniform: 0.5
    case .exponential: 1
    case .beta: 0.95
    }
  }

  func draw(using generator: inout SplitMix) -> Double {
    // Strictly between 0 and 1.
    let share = (Double(generator.next() >> 11) + 0.5) / 0x1p53
    return switch self {
    case .normal: NormalDistribution.quantile(share)
    case .uniform: share
    case .exponential: -logarithm(share)
    case .beta: power(share, 1 / 19)
    }
  }

  func draw(_ count: Int, using generator: inout SplitMix) -> [Double] {
    (0..<count).map { _ in draw(using: &generator) }
  }

  /// Groups of five whose members share an effect as large as what is their own.
  func groups(_ count: Int, using generator: inout SplitMix) -> [[Double]] {
    (0..<count).map { _ in
      let effect = draw(using: &generator)
      return (0..<5).map { _ in effect + Population.normal.draw(using: &generator) }
    }
  }
}
