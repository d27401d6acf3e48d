import Foundation

/// Concentric circles with normal noise, one circle a class.
///
/// A point of class c is `radii[c] (cos t, sin t)` with t uniform in [0, 2π), plus a normal vector
/// of deviation `noise`.
public struct Rings: ProceduralSet {
  /// "rings".
  public static let name = "rings"

  /// The radius of each circle, from the inside to the outside.
  public let radii: [Double]
  /// The standard deviation of the noise in each direction.
  public let noise: Double

  /// Circles of these radii about the origin.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` when there is no
  ///   radius, when they are not positive and rising, or when `noise` is negative or not finite.
  public init(radii: [Double] = [0.5, 1], noise: Double = 0.05) throws(ProceduralError) {
    let rising = zip(radii, radii.dropFirst()).allSatisfy { $0 < $1 }
    try require(
      !radii.isEmpty && rising && radii.allSatisfy { $0 > 0 && $0.isFinite }, Self.name, "radii",
      radii, "a list of positive numbers that rise")
    try requireNoise(noise, in: Self.name)
    self.radii = radii
    self.noise = noise
  }

  /// [2].
  public var exampleShape: [Int] { [2] }

  /// "ring 0", "ring 1" and so on, from the inside.
  public var classNames: [String] { radii.indices.map { "ring \($0)" } }

  /// Draws points; see ``ProceduralSet/draw(_:seed:part:)``.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<PlanarTruth> {
    try drawPoints(count, seed: seed, part: part)
  }

  /// The exact distance from a point to one of the circles, or infinity for a label without one.
  public func distance(from point: SIMD2<Double>, to label: Int) -> Double {
    radii.indices.contains(label) ? abs(euclideanLength(point) - radii[label]) : .infinity
  }

  /// The label that errs least often at a point: that of the largest density.
  public func bayesLabel(of point: SIMD2<Double>) -> Int { mostLikelyLabel(of: point) }
}

extension Rings: NoisyCurves {
  var lengths: [Double] { radii.map { 2 * .pi * $0 } }

  func point(at share: Double, of label: Int) -> SIMD2<Double> {
    let angle = 2 * Double.pi * share
    return SIMD2(cos(angle), sin(angle)) * radii[label]
  }
}
