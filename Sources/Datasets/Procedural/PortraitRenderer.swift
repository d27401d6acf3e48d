import Foundation

/// Draws one face.
///
/// The head is an ellipsoid that turns about its vertical axis: each pixel on it is turned back to
/// the place that it has on the face seen from the front, where the parts are simple shapes. Shapes
/// have edges one pixel wide by their distance functions, so the image is smooth in all parameters.
struct PortraitRenderer {
  typealias Color = SIMD4<Float>
  private let geometry: PortraitGeometry
  private let colors: PortraitColors
  private let identity: PortraitIdentity
  /// How much of the face's units half an image shows.
  private static let zoom: Float = 0.88
  /// The width of a pixel, in the face's units.
  private let pixel: Float
  private let turn: (sine: Float, cosine: Float)
  private let tilt: (sine: Float, cosine: Float)
  private let smile: Float
  private let light: SIMD3<Float>
  private let background: Float

  init(identity: PortraitIdentity, nuisance: PortraitNuisance, size: Int) {
    self.identity = identity
    geometry = PortraitGeometry(identity)
    colors = PortraitColors(identity)
    pixel = 2 * Self.zoom / Float(size)
    turn = (Float(sin(nuisance.yaw)), Float(cos(nuisance.yaw)))
    tilt = (Float(sin(nuisance.roll)), Float(cos(nuisance.roll)))
    smile = Float(nuisance.expression)
    let direction = SIMD3(Float(nuisance.light.x), Float(nuisance.light.y), 0.9)
    light = direction / (direction * direction).sum().squareRoot()
    background = Float(nuisance.background)
  }

  /// The colour at a point of the image, both coordinates in [-1, 1], y downwards.
  func color(at place: SIMD2<Float>) -> Color {
    let point = place * Self.zoom
    // Turning the image back by the tilt, about the face's centre, leaves an upright face.
    let shifted = SIMD2(point.x, point.y - 0.05)
    let p = SIMD2(
      tilt.cosine * shifted.x + tilt.sine * shifted.y,
      tilt.cosine * shifted.y - tilt.sine * shifted.x)
    let glow = background + 0.12 * (point.x * light.x + point.y * light.y)
    var color = Color(repeating: min(max(glow, 0), 1)) * Color(0.95, 0.98, 1.04, 0)
    cover(&color, with: PortraitColors.cloth, where: ellipse(point - SIMD2(0, 1.2), 0.95, 0.42))
    color = head(at: p, over: color)
    return color
  }

  // MARK: Shapes

  /// Paints a colour where a signed distance is negative, with an edge one pixel wide.
  private func cover(
    _ color: inout Color, with paint: Color, where distance: Float, opacity: Float = 1
  ) {
    let share = min(max(0.5 - distance / pixel, 0), 1) * opacity
    if share > 0 { color = blend(color, paint, share) }
  }

  /// Paints a line about the zero of a distance; lines thinner than a pixel fade.
  private func stroke(
    _ color: inout Color, with paint: Color, along distance: Float, halfWidth: Float,
    opacity: Float = 1
  ) {
    let outer = min(max(0.5 - (distance - halfWidth) / pixel, 0), 1)
    let inner = min(max(0.5 - (distance + halfWidth) / pixel, 0), 1)
    let share = (outer - inner) * opacity
    if share > 0 { color = blend(color, paint, share) }
  }

  /// The distance to an ellipse about the origin, to first order; negative inside.
  private func ellipse(_ p: SIMD2<Float>, _ a: Float, _ b: Float) -> Float {
    let q = SIMD2(p.x / a, p.y / b)
    let k = (q.x * q.x + q.y * q.y).squareRoot()
    let slope = SIMD2(q.x / a, q.y / b)
    let steepness = (slope.x * slope.x + slope.y * slope.y).squareRoot()
    return steepness > 1e-6 ? (k - 1) * k / steepness : -min(a, b)
  }

  /// A smooth bump: 1 at zero, 0 beyond ±1.
  private func bump(_ t: Float) -> Float {
    let s = max(1 - t * t, 0)
    return s * s
  }

  // MARK: The head

  private func head(at p: SIMD2<Float>, over backdrop: Color) -> Color {
    var color = backdrop
    let g = geometry
    let neck = max(abs(p.x) - 0.55 * g.halfWidth, max(0.2 - p.y, p.y - 1.1))
    cover(&color, with: colors.skin * 0.6, where: neck)
    let mane = max(
      ellipse(p - SIMD2(0, -0.05), g.halfWidth + 0.075, g.halfHeight + 0.06), p.y - 0.1)
    cover(&color, with: colors.hair * 0.75, where: mane)
    let earX = g.halfWidth * (0.4 + 0.6 * turn.cosine) + 0.01
    for side: Float in [-1, 1] {
      let ear = ellipse(p - SIMD2(side * earX, g.eye.y + 0.1), 0.065, 0.13)
      cover(&color, with: colors.skin * 0.75, where: ear)
    }
    let outline = ellipse(p, g.width(at: p.y), g.halfHeight)
    let share = min(max(0.5 - outline / pixel, 0), 1)
    return share > 0 ? blend(color, face(at: p), share) : color
  }

  /// The colour of the head's surface where the upright image has the point `p`.
  private func face(at p: SIMD2<Float>) -> Color {
    let g = geometry
    let height = min(max(p.y / g.halfHeight, -0.995), 0.995)
    let chord = g.width(at: p.y) * (1 - height * height).squareRoot()
    let across = min(max(p.x / chord, -1), 1)
    let depth = (1 - across * across).squareRoot()
    // The angle on the section through the head, less the yaw.
    let front = SIMD2(chord * (across * turn.cosine - depth * turn.sine), p.y)
    let facing = depth * turn.cosine + across * turn.sine

    var color = colors.skin
    if identity.hasBeard { beard(&color, front) }
    nose(&color, front)
    mouth(&color, front)
    for side: Float in [-1, 1] {
      eye(&color, SIMD2(front.x * side, front.y))
      brow(&color, SIMD2(front.x * side, front.y))
    }
    let line = g.hairline + 0.8 * front.x * front.x - front.y
    cover(&color, with: colors.hair, where: -line)
    // Hair also covers the sides of the head, which face away.
    let side = max((facing - 0.32) * chord, front.y - g.eye.y - 0.1)
    cover(&color, with: colors.hair * 0.9, where: side)
    if identity.hasGlasses { glasses(&color, front) }

    let bulge = height * 0.75
    let toward = max(1 - across * across - bulge * bulge, 0).squareRoot()
    // The light keeps its place in the image when the head tilts.
    let lx = tilt.cosine * light.x + tilt.sine * light.y
    let ly = tilt.cosine * light.y - tilt.sine * light.x
    let lit = max(across * lx + bulge * ly + toward * light.z, 0)
    return color * (0.48 + 0.64 * lit)
  }

  // MARK: The parts of the face, in front view

  private func eye(_ color: inout Color, _ p: SIMD2<Float>) {
    let g = geometry
    let q = p - g.eye
    let radius = g.eyeRadius
    guard abs(q.x) < radius + 0.12, abs(q.y) < radius + 0.12 else { return }
    let opening = radius * (0.58 - 0.14 * max(smile, 0))
    let lid = ellipse(q, radius, opening)
    cover(&color, with: colors.skin * 0.72, where: lid - 0.025)
    cover(&color, with: PortraitColors.sclera, where: lid)
    let iris = (q.x * q.x + q.y * q.y).squareRoot() - 0.56 * radius
    cover(&color, with: PortraitColors.iris, where: max(iris, lid))
    if q.y < 0 {
      stroke(&color, with: PortraitColors.iris, along: lid, halfWidth: 0.014, opacity: 0.8)
    }
  }

  private func brow(_ color: inout Color, _ p: SIMD2<Float>) {
    let g = geometry
    let q = p - SIMD2(g.eye.x + 0.01, g.eye.y - g.eyeRadius * 0.58 - 0.095)
    let half: Float = 0.135
    guard abs(q.x) < half + 0.06 else { return }
    let arch = q.y - g.browSlope * q.x + 0.03 - 1.6 * (q.x * q.x)
    let thickness = g.browHalfThickness * (1 - 0.35 * max(q.x, 0) / half)
    let end = min(max(0.5 - (abs(q.x) - half) / pixel, 0), 1)
    stroke(&color, with: colors.brow, along: arch, halfWidth: thickness, opacity: end)
  }

  private func nose(_ color: inout Color, _ front: SIMD2<Float>) {
    let g = geometry
    // The tip stands out, so it moves with the turn of the head.
    let p = SIMD2(front.x - 0.09 * turn.sine, front.y)
    let top = g.eye.y
    guard abs(p.x) < 2.5 * g.noseHalfWidth, p.y > top, p.y < g.noseTip + 0.15 else { return }
    let along = min((p.y - top) / (g.noseTip - top), 1)
    let width = g.noseHalfWidth * (0.45 + 0.55 * along * along)
    let ridge = bump(p.x / (1.8 * width)) * along
    let slope = p.x / width * bump(p.x / (1.8 * width)) * min(4 * along, 1)
    let below = bump((p.y - g.noseTip - 0.035) / 0.07) * bump(p.x / (1.5 * g.noseHalfWidth))
    let fade = p.y < g.noseTip ? 1 : bump((p.y - g.noseTip) / 0.06)
    let shading = (0.1 * ridge + 0.3 * slope * light.x - 0.12 * abs(slope)) * fade - 0.3 * below
    color *= 1 + shading
    for side: Float in [-1, 1] {
      let nostril = ellipse(
        p - SIMD2(side * 0.55 * g.noseHalfWidth, g.noseTip), 0.34 * g.noseHalfWidth, 0.024)
      cover(&color, with: colors.skin * 0.28, where: nostril)
    }
  }

  private func mouth(_ color: inout Color, _ p: SIMD2<Float>) {
    let g = geometry
    let half = g.mouthHalfWidth * (1 + 0.15 * smile)
    let x = p.x / half
    guard abs(x) < 1.15, abs(p.y - g.mouth) < 0.25 else { return }
    // Corners rise with a smile and fall with sadness.
    let y = p.y - g.mouth + 0.09 * smile * (x * x - 0.35)
    let swell = max(1 - x * x, 0)
    let gap = 0.055 * max(smile - 0.25, 0) * swell
    let lip = abs(y) - (0.012 + 0.042 * swell.squareRoot() + gap)
    let sides = (abs(p.x) - half) * 0.7
    cover(&color, with: colors.lips, where: max(lip, sides))
    cover(
      &color, with: PortraitColors.teeth, where: max(abs(y) - gap, sides),
      opacity: gap > 0.004 ? 1 : 0)
    let line = abs(y) - gap
    stroke(
      &color, with: colors.skin * 0.25, along: line, halfWidth: 0.011,
      opacity: min(max(0.5 - sides / pixel, 0), 1))
  }

  private func beard(_ color: inout Color, _ p: SIMD2<Float>) {
    let g = geometry
    let x = p.x / g.halfWidth
    let top = g.noseTip + 0.09 - 0.3 * x * x * x * x
    let edge = min(max(0.5 + (p.y - top) / (2.5 * pixel), 0), 1)
    if edge > 0 { color = blend(color, colors.beard, 0.88 * edge) }
  }

  private func glasses(_ color: inout Color, _ p: SIMD2<Float>) {
    let g = geometry
    let rim = SIMD2(min(g.eyeRadius + 0.055, g.eye.x - 0.02), g.eyeRadius * 0.55 + 0.075)
    let x = abs(p.x)
    let lens = ellipse(SIMD2(x, p.y) - g.eye, rim.x, rim.y)
    cover(&color, with: Color(0.9, 0.95, 1, 0), where: lens, opacity: 0.1)
    stroke(&color, with: PortraitColors.frame, along: lens, halfWidth: 0.022)
    let bar = max(abs(p.y - g.eye.y + 0.02) - 0.018, -lens)
    cover(&color, with: PortraitColors.frame, where: max(bar, x - g.eye.x))
    cover(&color, with: PortraitColors.frame, where: max(bar, g.eye.x - x), opacity: 0.8)
  }
}
