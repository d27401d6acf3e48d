import Foundation
import Torch

/// What is known about one example that was drawn from a curve in the plane.
public struct PlanarTruth: Sendable, Equatable {
  /// The point on the curve, before the noise.
  public let onCurve: SIMD2<Double>
  /// The example itself, before it was rounded to 32 bits.
  public let position: SIMD2<Double>
  /// How far along its curve the point lies: 0 at the start, 1 at the end.
  public let share: Double
}

/// Curves in the plane, one a class, from which points are drawn evenly and moved by normal noise.
protocol NoisyCurves: ProceduralSet where Truth == PlanarTruth {
  var noise: Double { get }
  /// The length of each class's curve.
  var lengths: [Double] { get }
  /// The point at a share of the arc length, from 0 to 1, of a class's curve.
  func point(at share: Double, of label: Int) -> SIMD2<Double>
  /// The exact distance from a point to a class's curve.
  func distance(from point: SIMD2<Double>, to label: Int) -> Double
}

extension NoisyCurves {
  func drawPoints(
    _ count: Int, seed: UInt64, part: ProceduralPart
  ) throws -> ProceduralSample<PlanarTruth> {
    let streams = ProceduralStreams(set: Self.name, seed: seed, part: part)
    let classes = classNames.count
    return try streams.draw(count, shape: [2]) { index, values in
      let label = streams.label(index, classes: classes)
      var stream = streams.example(index)
      let share = stream.uniform()
      let onCurve = point(at: share, of: label)
      let shift = SIMD2(stream.normal(), stream.normal())
      let truth = PlanarTruth(onCurve: onCurve, position: onCurve + noise * shift, share: share)
      values[0] = Float(truth.position.x)
      values[1] = Float(truth.position.y)
      return (label, truth)
    }
  }

  /// The logarithm of a class's density: the mean of the noise's density along the curve.
  ///
  /// Midpoints lie a quarter of the deviation apart, which leaves an error below the rounding.
  func logarithmOfDensity(at point: SIMD2<Double>, of label: Int) -> Double {
    let nodes = Int(min(max(4 * lengths[label] / noise, 64), 1e6).rounded(.up))
    let exponents = (0..<nodes).map { node in
      let d = self.point(at: (Double(node) + 0.5) / Double(nodes), of: label) - point
      return -(d.x * d.x + d.y * d.y) / (2 * noise * noise)
    }
    let largest = exponents.max() ?? 0
    let sum = exponents.reduce(0) { $0 + exp($1 - largest) }
    return largest + log(sum / Double(nodes)) - log(2 * .pi * noise * noise)
  }

  /// The class of the largest density, or without noise that of the nearest curve.
  func mostLikelyLabel(of point: SIMD2<Double>) -> Int {
    let scores = classNames.indices.map { label in
      noise > 0
        ? logarithmOfDensity(at: point, of: label) : -distance(from: point, to: label)
    }
    return scores.indices.max { scores[$0] < scores[$1] } ?? 0
  }
}

func euclideanLength(_ v: SIMD2<Double>) -> Double { (v.x * v.x + v.y * v.y).squareRoot() }

/// Whether a standard deviation can be used.
func requireNoise(_ noise: Double, in set: String) throws(ProceduralError) {
  try require(noise.isFinite && noise >= 0, set, "noise", noise, "a number of at least 0")
}
