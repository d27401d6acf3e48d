import Datasets
import Foundation
import Testing

@Suite struct ProceduralPlanarTests {
  @Test func moonsLieOnHalfCircles() throws {
    let set = try Moons(noise: 0)
    let sample = try set.draw(400, seed: 11)
    for (label, truth) in zip(sample.labels, sample.truth) {
      let p = truth.position
      let centered = label == 0 ? p : SIMD2(p.x - 1, p.y - 0.5)
      #expect(abs((centered * centered).sum().squareRoot() - 1) < 1e-12)
      #expect(label == 0 ? centered.y >= -1e-12 : centered.y <= 1e-12)
      #expect(set.distance(from: p, to: label) < 1e-12)
      #expect(set.bayesLabel(of: p) == label)
    }
    // The ends of the upper moon are (1, 0) and (-1, 0); the lower one's lowest point is (1, -1/2).
    #expect(set.distance(from: SIMD2(1, -0.3), to: 0) == 0.3)
    #expect(abs(set.distance(from: SIMD2(1, -2), to: 1) - 1.5) < 1e-15)
    #expect(set.distance(from: SIMD2(0, 0), to: 0) == 1)
  }

  @Test func noiseHasItsDeviation() throws {
    let sample = try Moons(noise: 0.2).draw(5000, seed: 12)
    let squares = sample.truth.reduce(0) {
      let d = $1.position - $1.onCurve
      return $0 + (d * d).sum()
    }
    // Chi-squared with 10 000 degrees of freedom: a deviation of 1.4 %.
    #expect(abs(squares / 10_000 / 0.04 - 1) < 0.06)
    #expect(sample.truth.allSatisfy { (0..<1).contains($0.share) })
  }

  @Test func moonsAreSymmetricAboutTheirCentre() throws {
    let set = try Moons(noise: 0.3)
    for p in [SIMD2(0.2, 0.4), SIMD2(0.9, 0.1), SIMD2(-0.5, -0.2), SIMD2(1.4, 0.6)] {
      let turned = SIMD2(1 - p.x, 0.5 - p.y)
      #expect(set.bayesLabel(of: p) == 1 - set.bayesLabel(of: turned))
    }
  }

  @Test func ringsHaveTheirRadii() throws {
    let set = try Rings(radii: [0.3, 1, 2.5], noise: 0)
    let sample = try set.draw(300, seed: 13)
    for (label, truth) in zip(sample.labels, sample.truth) {
      let radius = (truth.position * truth.position).sum().squareRoot()
      #expect(abs(radius - set.radii[label]) < 1e-12)
      #expect(set.bayesLabel(of: truth.position) == label)
    }
    #expect(set.distance(from: SIMD2(3, 4), to: 2) == 2.5)
  }

  /// A noisy circle's density falls as exp(-(r - R)^2 / 2s^2) / sqrt(r R) for small s, so two are
  /// equal at the middle of their radii plus s^2 ln(R1 / R0) / (2 (R1 - R0)).
  @Test func bayesLabelsOfRingsChangeWhereTheDensitiesAreEqual() throws {
    let set = try Rings(radii: [0.5, 1], noise: 0.05)
    let border = 0.75 + 0.0025 * log(2) / (2 * 0.5)
    for angle in [0.0, 1, 2.5] {
      let direction = SIMD2(cos(angle), sin(angle))
      #expect(set.bayesLabel(of: direction * (border - 1e-4)) == 0)
      #expect(set.bayesLabel(of: direction * (border + 1e-4)) == 1)
    }
  }

  @Test(arguments: 0...5) func kochCurveHasItsCountLengthAndArea(order: Int) throws {
    let curve = try KochCurve(order: order, radius: 1.3, center: SIMD2(2, -1))
    #expect(curve.vertices.count == 3 * Int(pow(4, Double(order))))
    let side = 1.3 * (3.0).squareRoot()
    let edges = curve.vertices.indices.map { index in
      let d = curve.vertices[(index + 1) % curve.vertices.count] - curve.vertices[index]
      return (d * d).sum().squareRoot()
    }
    #expect(edges.allSatisfy { abs($0 - side / pow(3, Double(order))) < 1e-12 })
    let length = 3 * pow(4.0 / 3, Double(order)) * side
    #expect(abs(curve.length - length) < 1e-12)
    #expect(abs(edges.reduce(0, +) - length) < 1e-9)
    let area = curve.vertices.indices.reduce(0.0) { sum, index in
      let (a, b) = (curve.vertices[index], curve.vertices[(index + 1) % curve.vertices.count])
      return sum + (a.x * b.y - a.y * b.x) / 2
    }
    let expected = (3.0).squareRoot() / 20 * side * side * (8 - 3 * pow(4.0 / 9, Double(order)))
    #expect(abs(area - expected) < 1e-11)
  }

  @Test func distancesToKochCurvesAreExact() throws {
    let triangle = try KochCurve(order: 0, radius: 2)
    #expect(abs(triangle.distance(from: .zero) - 1) < 1e-12)
    #expect(abs(triangle.distance(from: SIMD2(0, 5)) - 3) < 1e-12)
    let star = try KochCurve(order: 1, radius: 1)
    #expect(abs(star.distance(from: .zero) - 1 / (3.0).squareRoot()) < 1e-12)
    #expect(star.contains(.zero) && star.contains(SIMD2(0, -0.95)))
    #expect(!star.contains(SIMD2(0, -1.05)) && !star.contains(SIMD2(0.9, 0)))
    #expect(abs(star.distance(from: SIMD2(0, -1.05)) - 0.05) < 1e-12)
  }

  @Test(arguments: [0, 2, 4]) func kochPointsLieOnTheirCurve(order: Int) throws {
    let set = try Koch(order: order)
    let sample = try set.draw(300, seed: 14)
    for (label, truth) in zip(sample.labels, sample.truth) {
      #expect(set.distance(from: truth.position, to: label) < 1e-12)
      #expect(set.distance(from: truth.position, to: 1 - label) > 0.01)
      #expect(set.bayesLabel(of: truth.position) == label)
    }
    // The arc length is spread evenly: each of the three sides holds a third of the points.
    let thirds = (0..<3).map { third in
      sample.truth.count { Int($0.share * 3) == third }
    }
    #expect(thirds.allSatisfy { (70...130).contains($0) })
  }

  @Test func kochArrangementsKeepTheCurvesApart() throws {
    let nested = try Koch(order: 3)
    #expect(nested.curves[1].vertices.allSatisfy { nested.curves[0].contains($0) })
    let beside = try Koch(order: 3, radii: (1, 0.8), arrangement: .beside)
    #expect(!beside.curves[1].vertices.contains { beside.curves[0].contains($0) })
    let gap = beside.curves[1].vertices.map(beside.curves[0].distance).min() ?? 0
    #expect(gap >= 0.2)
    #expect(beside.classNames == ["left", "right"])
  }
}
