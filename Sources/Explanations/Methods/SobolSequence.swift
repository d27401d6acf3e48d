import Torch

/// Sobol's quasi-random points in the unit cube (Sobol, 1967; in Gray code order, Antonov and Saleev, 1979).
///
/// Every coordinate by itself has its first 2^k points in different parts of 2^k equal ones. Directions come
/// from primitive polynomials over GF(2), found by trying all in order; the free first numbers of a
/// direction are odd and otherwise drawn once from a fixed stream.
struct SobolSequence {
  private static let bits = 32
  private let directions: [[UInt32]]

  init(dimensions: Int) {
    var directions: [[UInt32]] = []
    var polynomial = 3
    while directions.count < dimensions {
      if directions.isEmpty {
        directions.append((0..<Self.bits).map { 1 << UInt32(Self.bits - 1 - $0) })
        continue
      }
      if Self.isPrimitive(polynomial) {
        directions.append(Self.directions(of: polynomial, dimension: directions.count))
      }
      polynomial += 2
    }
    self.directions = directions
  }

  /// The first points after the origin, one after the other.
  func points(_ count: Int) -> [Double] {
    var state = [UInt32](repeating: 0, count: directions.count)
    var points: [Double] = []
    points.reserveCapacity(count * directions.count)
    for number in 0..<count {
      let bit = (~number).trailingZeroBitCount
      for dimension in state.indices { state[dimension] ^= directions[dimension][bit] }
      points += state.map { Double($0) * 0x1p-32 }
    }
    return points
  }

  /// The directions that the recurrence of a polynomial of degree s makes of s odd numbers.
  private static func directions(of polynomial: Int, dimension: Int) -> [UInt32] {
    let degree = Int.bitWidth - 1 - polynomial.leadingZeroBitCount
    var stream = RandomStream(seed: 0, purpose: "sobol.directions", index: UInt64(dimension))
    var directions = (0..<min(degree, bits)).map { index -> UInt32 in
      let odd = UInt32(truncatingIfNeeded: stream.next()) & ((1 << UInt32(index + 1)) - 1) | 1
      return odd << UInt32(bits - 1 - index)
    }
    while directions.count < bits {
      let position = directions.count
      var next = directions[position - degree] ^ directions[position - degree] >> UInt32(degree)
      for lag in 1..<max(degree, 1) where polynomial >> (degree - lag) & 1 == 1 {
        next ^= directions[position - lag]
      }
      directions.append(next)
    }
    return directions
  }

  /// Whether x has the order 2^s - 1 modulo a polynomial of degree s with the coefficients in its bits.
  private static func isPrimitive(_ polynomial: Int) -> Bool {
    let degree = Int.bitWidth - 1 - polynomial.leadingZeroBitCount
    let order = 1 << degree - 1
    var power = 1
    for exponent in 1...max(order, 1) {
      power <<= 1
      if power >> degree & 1 == 1 { power ^= polynomial }
      if power == 1 { return exponent == order }
    }
    return false
  }
}
