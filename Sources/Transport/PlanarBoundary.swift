import Foundation

/// Where the zero set of a function of the plane is nearest to a point, found by looking along rays: an
/// oracle for tests and pictures, which knows nothing about gradients.
public struct PlanarBoundary: Sendable {
  /// How many directions are looked along.
  public let rays: Int
  /// The step along a ray; parts of the zero set that a step jumps over twice are missed.
  public let step: Double
  /// How far rays go.
  public let limit: Double

  /// What was found.
  public struct Crossing: Sendable, Equatable {
    /// The point of the zero set.
    public let point: SIMD2<Double>
    /// Its distance.
    public let distance: Double
  }

  /// A search.
  ///
  /// - Throws: ``TransportError/setting(_:value:allowed:)`` for fewer than 3 rays or a step or limit that is
  ///   not positive.
  public init(rays: Int = 720, step: Double, limit: Double) throws(TransportError) {
    guard rays >= 3 else { throw .setting("rays", value: Double(rays), allowed: "at least 3") }
    guard step > 0, step.isFinite else {
      throw .setting("step", value: step, allowed: "positive and finite")
    }
    guard limit >= step, limit.isFinite else {
      throw .setting("limit", value: limit, allowed: "at least one step, and finite")
    }
    self.rays = rays
    self.step = step
    self.limit = limit
  }

  /// The nearest place where the function has another sign than at the point; `nil` when rays end
  /// before.
  ///
  /// Rays grow together until one of them ends on the other side. Then the directions round about
  /// the nearest crossing are looked along once more, ever more finely.
  ///
  /// - Parameter function: the values at some points.
  /// - Throws: what `function` throws.
  public func nearest(
    to point: SIMD2<Double>, _ function: ([SIMD2<Double>]) throws -> [Double]
  ) throws -> Crossing? {
    let isPositive = try function([point]).first.map { $0 > 0 } ?? false
    func isOther(_ points: [SIMD2<Double>]) throws -> [Bool] {
      try function(points).map { ($0 > 0) != isPositive }
    }
    let angles = (0..<rays).map { 2 * .pi * Double($0) / Double(rays) }
    var reach = step
    while reach <= limit {
      let crossed = try isOther(angles.map { Self.point(point, reach, $0) })
      let found = zip(angles, crossed).filter(\.1).map(\.0)
      if !found.isEmpty {
        return try refined(point, found, within: reach, isOther)
      }
      reach += step
    }
    return nil
  }

  /// The nearest crossing among some directions and ever closer ones round about.
  private func refined(
    _ point: SIMD2<Double>, _ found: [Double], within reach: Double,
    _ isOther: ([SIMD2<Double>]) throws -> [Bool]
  ) throws -> Crossing {
    var angles = found
    var spacing = 2 * Double.pi / Double(rays)
    var best = (angle: found[0], distance: Double.infinity)
    for _ in 0..<6 {
      let distances = try crossings(point, angles, within: reach + step, isOther)
      for (angle, distance) in zip(angles, distances) where distance < best.distance {
        best = (angle, distance)
      }
      angles = (-8...8).map { best.angle + Double($0) * spacing / 8 }
      spacing /= 4
    }
    return Crossing(
      point: Self.point(point, best.distance, best.angle), distance: best.distance)
  }

  /// How far along each direction the first crossing is, by a scan and bisection; infinite without one.
  private func crossings(
    _ point: SIMD2<Double>, _ angles: [Double], within reach: Double,
    _ isOther: ([SIMD2<Double>]) throws -> [Bool]
  ) throws -> [Double] {
    let count = max(1, Int((reach / step).rounded(.up))) * 4
    var high = [Double](repeating: .infinity, count: angles.count)
    for number in 1...count {
      let radius = reach * Double(number) / Double(count)
      let crossed = try isOther(angles.map { Self.point(point, radius, $0) })
      for (place, isCrossed) in crossed.enumerated() where isCrossed && high[place] > radius {
        high[place] = radius
      }
    }
    var low = high.map { $0 - reach / Double(count) }
    for _ in 0..<40 {
      let middle = zip(low, high).map { $1.isFinite ? ($0 + $1) / 2 : 0 }
      let crossed = try isOther(zip(angles, middle).map { Self.point(point, $1, $0) })
      for place in middle.indices where high[place].isFinite {
        if crossed[place] { high[place] = middle[place] } else { low[place] = middle[place] }
      }
    }
    return high
  }

  private static func point(
    _ center: SIMD2<Double>, _ radius: Double, _ angle: Double
  ) -> SIMD2<Double> { center + radius * SIMD2(cos(angle), sin(angle)) }
}
