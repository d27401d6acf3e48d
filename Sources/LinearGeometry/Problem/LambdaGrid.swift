import Foundation

/// Levels of regularisation, in L = mean loss + lambda |w|², strongest first.
public struct LambdaGrid: Sendable, Hashable {
  /// The levels, descending.
  public let values: [Double]

  /// Levels from their values, in any order.
  ///
  /// - Throws: ``LinearGeometryError`` when there is none, or one that is not positive and finite.
  public init(_ values: [Double]) throws(LinearGeometryError) {
    guard !values.isEmpty else {
      throw .setting(name: "the number of levels", value: "0", allowed: "at least one level")
    }
    for value in values where !(value > 0 && value.isFinite) { throw .lambda(value) }
    self.values = values.sorted(by: >)
  }

  /// Powers of ten from one exponent down to another.
  ///
  /// - Parameters:
  ///   - from: the larger exponent.
  ///   - to: the smaller one.
  ///   - perDecade: how many levels a factor of ten has, at least 1.
  /// - Throws: ``LinearGeometryError`` for exponents that are not finite or too many levels.
  public init(from: Double, to: Double, perDecade: Int) throws(LinearGeometryError) {
    guard perDecade >= 1, from >= to, from.isFinite, to.isFinite,
      (from - to) * Double(perDecade) < 100_000
    else {
      throw .setting(
        name: "the grid of lambda", value: "10^\(from) to 10^\(to), \(perDecade) a decade",
        allowed: "exponents in descending order and at least one level a decade")
    }
    let count = Int(((from - to) * Double(perDecade)).rounded()) + 1
    try self.init((0..<count).map { pow(10, from - Double($0) / Double(perDecade)) })
  }

  /// The 81 levels of Tanay and Griffin's table: 10² to 10⁻⁶ for pixels in 0...1.
  public static var article: LambdaGrid {
    // The bounds are constants that the initialiser accepts.
    (try? LambdaGrid(from: 2, to: -6, perDecade: 10)) ?? LambdaGrid(known: [1])
  }

  private init(known values: [Double]) { self.values = values }
}
