import Foundation

/// Gauss-Legendre quadrature with 20 nodes, exact for polynomials up to degree 39 (DLMF 3.5.v).
enum GaussLegendre {
  /// The nodes in (-1, 1) and their weights.
  static let nodes: [(place: Double, weight: Double)] = (0..<20).map { index in
    // Tricomi's first guess is good to three digits; Newton's method doubles them each time.
    var x = cos(Double.pi * (Double(index) + 0.75) / 20.5)
    var slope = 1.0
    for _ in 0..<8 {
      let value = legendre(x)
      slope = value.slope
      x -= value.value / slope
    }
    return (x, 2 / ((1 - x * x) * slope * slope))
  }

  /// The Legendre polynomial of degree 20 and its derivative, by the three-term recurrence.
  private static func legendre(_ x: Double) -> (value: Double, slope: Double) {
    var (last, value) = (1.0, x)
    for degree in 2...20 {
      let n = Double(degree)
      (last, value) = (value, ((2 * n - 1) * x * value - (n - 1) * last) / n)
    }
    return (value, 20 * (x * value - last) / (x * x - 1))
  }
}
