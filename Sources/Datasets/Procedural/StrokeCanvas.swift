/// A grey image on which round-ended strokes are drawn with smooth edges.
///
/// A pixel takes the value `clamp(radius - distance) / softness + 1/2` of the nearest stroke, where
/// the distance is that from the pixel's centre to the stroke's axis.
struct StrokeCanvas {
  let pixels: UnsafeMutableBufferPointer<Float>
  let width: Int
  let height: Int
  /// The width of the edge from ink to paper, in pixels.
  let softness: Float

  /// Draws a segment whose radius changes evenly from one end to the other.
  ///
  /// Points are in pixels; the centre of the first pixel is (0.5, 0.5).
  func draw(from start: SIMD2<Float>, to end: SIMD2<Float>, radii: (Float, Float)) {
    let reach = max(radii.0, radii.1) + softness / 2
    let left = index(min(start.x, end.x) - reach, limit: width)
    let right = index(max(start.x, end.x) + reach + 1, limit: width)
    let top = index(min(start.y, end.y) - reach, limit: height)
    let bottom = index(max(start.y, end.y) + reach + 1, limit: height)
    guard left < right, top < bottom else { return }
    let dx = end.x - start.x
    let dy = end.y - start.y
    let inverse = 1 / max(dx * dx + dy * dy, 1e-12)
    let growth = radii.1 - radii.0
    for row in top..<bottom {
      let py = Float(row) + 0.5 - start.y
      for column in left..<right {
        let px = Float(column) + 0.5 - start.x
        let along = min(max((px * dx + py * dy) * inverse, 0), 1)
        let ex = px - along * dx
        let ey = py - along * dy
        let distance = (ex * ex + ey * ey).squareRoot()
        let value = (radii.0 + along * growth - distance) / softness + 0.5
        let place = row * width + column
        pixels[place] = max(pixels[place], min(value, 1))
      }
    }
  }

  /// Draws a smooth curve through points: a centripetal Catmull-Rom spline (Yuksel et al., 2011).
  ///
  /// - Parameters:
  ///   - points: where the curve passes, in pixels.
  ///   - isCorner: whether the curve may break its direction at each point.
  ///   - radii: the radius at the first and at the last point.
  func draw(curve points: [SIMD2<Float>], isCorner: [Bool], radii: (Float, Float)) {
    guard points.count > 1 else { return }
    let last = points.count - 1
    let steps = 5
    for piece in 0..<last {
      let (p1, p2) = (points[piece], points[piece + 1])
      let span = knot(p1, p2)
      let before = piece == 0 || isCorner[piece] ? nil : points[piece - 1]
      let after = piece + 1 == last || isCorner[piece + 1] ? nil : points[piece + 2]
      let m1 = before.map { tangent($0, p1, p2) * span } ?? (p2 - p1)
      let m2 = after.map { tangent(p1, p2, $0) * span } ?? (p2 - p1)
      let straight = before == nil && after == nil
      var (start, startRadius) = (p1, radius(radii, Float(piece) / Float(last)))
      for step in 1...(straight ? 1 : steps) {
        let t = straight ? 1 : Float(step) / Float(steps)
        let end = hermite(p1, p2, m1, m2, t)
        let endRadius = radius(radii, (Float(piece) + t) / Float(last))
        draw(from: start, to: end, radii: (startRadius, endRadius))
        (start, startRadius) = (end, endRadius)
      }
    }
  }

  private func index(_ position: Float, limit: Int) -> Int {
    Int(min(max(position, 0), Float(limit)))
  }

  private func radius(_ radii: (Float, Float), _ share: Float) -> Float {
    radii.0 + (radii.1 - radii.0) * share
  }

  private func knot(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float {
    let d = b - a
    return max((d.x * d.x + d.y * d.y).squareRoot(), 1e-6).squareRoot()
  }

  /// The derivative at the middle one of three points, by the knots' distances.
  private func tangent(
    _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>
  ) -> SIMD2<Float> {
    let (first, second) = (knot(a, b), knot(b, c))
    return ((b - a) * (second / first) + (c - b) * (first / second)) / (first + second)
  }

  private func hermite(
    _ p1: SIMD2<Float>, _ p2: SIMD2<Float>, _ m1: SIMD2<Float>, _ m2: SIMD2<Float>, _ t: Float
  ) -> SIMD2<Float> {
    let (t2, t3) = (t * t, t * t * t)
    let blend = 3 * t2 - 2 * t3
    return p1 * (1 - blend) + p2 * blend + m1 * (t3 - 2 * t2 + t) + m2 * (t3 - t2)
  }
}
