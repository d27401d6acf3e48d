import Foundation

/// Places in [0, 1] and weights that add up to 1, for the mean of a function.
public enum Quadrature: String, Sendable, CaseIterable {
  /// Exact for polynomials up to degree 2 n - 1 (DLMF 3.5.v).
  case gaussLegendre = "gauss-legendre"
  /// Both ends and what is evenly between them, the ends at half weight.
  case trapezoid
  /// The middles of equal parts.
  case midpoint

  /// One place with its weight.
  struct Node: Sendable, Equatable {
    var place: Double
    var weight: Double
  }

  /// So many nodes, at least two, by ascending place.
  func nodes(_ count: Int) -> [Node] {
    let n = Double(count)
    switch self {
    case .trapezoid:
      return (0..<count).map { index in
        let isEnd = index == 0 || index == count - 1
        return Node(place: Double(index) / (n - 1), weight: (isEnd ? 0.5 : 1) / (n - 1))
      }
    case .midpoint:
      return (0..<count).map { Node(place: (Double($0) + 0.5) / n, weight: 1 / n) }
    case .gaussLegendre:
      return (0..<count).map { Self.legendreNode($0, count) }.reversed()
    }
  }

  /// A root of the Legendre polynomial by Newton's method, from a first guess good to three digits.
  private static func legendreNode(_ index: Int, _ count: Int) -> Node {
    var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
    var slope = 1.0
    for _ in 0..<10 {
      var (last, value) = (1.0, x)
      for degree in 2...max(2, count) {
        let n = Double(degree)
        (last, value) = (value, ((2 * n - 1) * x * value - (n - 1) * last) / n)
      }
      slope = Double(count) * (x * value - last) / (x * x - 1)
      x -= value / slope
    }
    return Node(place: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope))
  }
}
