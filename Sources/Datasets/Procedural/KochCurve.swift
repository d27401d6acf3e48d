import Foundation

/// The boundary of a Koch snowflake after some steps: a closed polygon of 3 · 4^order equal edges.
///
/// Order 0 is an equilateral triangle; each step replaces the middle third of every edge by the two
/// other sides of the equilateral triangle on its outside.
public struct KochCurve: Sendable, Equatable {
  /// How many steps were taken.
  public let order: Int
  /// The centre of the first triangle.
  public let center: SIMD2<Double>
  /// The distance from the centre to the corners of the first triangle.
  public let radius: Double
  /// The corners, counter-clockwise from the top; the last is joined to the first.
  public let vertices: [SIMD2<Double>]

  /// The largest order; it has 196 608 edges.
  public static let largestOrder = 8

  /// A snowflake with one corner at the top.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` when the order is
  ///   not between 0 and ``largestOrder`` or the radius is not a positive number.
  public init(
    order: Int, radius: Double, center: SIMD2<Double> = .zero
  ) throws(ProceduralError) {
    try require(
      (0...Self.largestOrder).contains(order), "koch", "order", order,
      "between 0 and \(Self.largestOrder)")
    try require(radius > 0 && radius.isFinite, "koch", "radius", radius, "a positive number")
    self.order = order
    self.radius = radius
    self.center = center
    var polygon = (0..<3).map { corner in
      let angle = Double.pi / 2 + 2 * Double.pi / 3 * Double(corner)
      return center + radius * SIMD2(cos(angle), sin(angle))
    }
    for _ in 0..<order { polygon = Self.refined(polygon) }
    vertices = polygon
  }

  private static func refined(_ polygon: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let height = (3.0).squareRoot() / 6
    return polygon.indices.flatMap { index in
      let start = polygon[index]
      let edge = polygon[(index + 1) % polygon.count] - start
      // The polygon runs counter-clockwise, so its outside lies to the right of each edge.
      let outward = SIMD2(edge.y, -edge.x)
      return [
        start, start + edge / 3, start + edge / 2 + outward * height, start + edge * (2 / 3.0),
      ]
    }
  }

  /// The length of the first triangle's side.
  public var side: Double { radius * (3.0).squareRoot() }

  /// The length of the curve: 3 · side · (4/3)^order.
  public var length: Double { 3 * side * pow(4.0 / 3, Double(order)) }

  /// The point at a share of the curve's length, from 0 at the top corner to 1 there again.
  public func point(at share: Double) -> SIMD2<Double> {
    let place = (share - share.rounded(.down)) * Double(vertices.count)
    let edge = min(Int(place), vertices.count - 1)
    let start = vertices[edge]
    return start + (vertices[(edge + 1) % vertices.count] - start) * (place - Double(edge))
  }

  /// The exact distance from a point to the curve.
  public func distance(from point: SIMD2<Double>) -> Double {
    var best = Double.infinity
    for index in vertices.indices {
      let start = vertices[index]
      let edge = vertices[(index + 1) % vertices.count] - start
      let d = point - start
      let along = min(max((d * edge).sum() / (edge * edge).sum(), 0), 1)
      let gap = d - edge * along
      best = min(best, (gap * gap).sum())
    }
    return best.squareRoot()
  }

  /// Whether the curve winds round a point.
  public func contains(_ point: SIMD2<Double>) -> Bool {
    var inside = false
    for index in vertices.indices {
      let a = vertices[index]
      let b = vertices[(index + 1) % vertices.count]
      guard (a.y > point.y) != (b.y > point.y) else { continue }
      let crossing = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
      if point.x < crossing { inside.toggle() }
    }
    return inside
  }
}
