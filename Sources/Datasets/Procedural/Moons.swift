import Foundation

/// Two interleaving half circles with normal noise, in the geometry of scikit-learn's `make_moons`.
///
/// With t uniform in [0, π], class 0 is (cos t, sin t) and class 1 is (1 - cos t, 1/2 - sin t); a
/// normal vector of deviation `noise` is added to each point.
public struct Moons: ProceduralSet {
  /// "moons".
  public static let name = "moons"

  /// The standard deviation of the noise in each direction.
  public let noise: Double

  /// Half circles with this much noise.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` when `noise` is
  ///   negative or not finite.
  public init(noise: Double = 0.1) throws(ProceduralError) {
    try requireNoise(noise, in: Self.name)
    self.noise = noise
  }

  /// [2].
  public var exampleShape: [Int] { [2] }

  /// "upper" and "lower".
  public var classNames: [String] { ["upper", "lower"] }

  /// Draws points; see ``ProceduralSet/draw(_:seed:part:)``.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<PlanarTruth> {
    try drawPoints(count, seed: seed, part: part)
  }

  /// The exact distance from a point to one of the half circles.
  ///
  /// - Parameters:
  ///   - point: any point of the plane.
  ///   - label: 0 for the upper half circle, any other number for the lower one.
  public func distance(from point: SIMD2<Double>, to label: Int) -> Double {
    // Turning the lower moon by half a turn about the centre of the figure gives the upper one.
    let p = label == 0 ? point : SIMD2(1 - point.x, 0.5 - point.y)
    guard p.y < 0 else { return abs(euclideanLength(p) - 1) }
    return euclideanLength(SIMD2(abs(p.x) - 1, p.y))
  }

  /// The label that errs least often at a point: that of the larger density.
  public func bayesLabel(of point: SIMD2<Double>) -> Int { mostLikelyLabel(of: point) }
}

extension Moons: NoisyCurves {
  var lengths: [Double] { [.pi, .pi] }

  func point(at share: Double, of label: Int) -> SIMD2<Double> {
    let (x, y) = (cos(.pi * share), sin(.pi * share))
    return label == 0 ? SIMD2(x, y) : SIMD2(1 - x, 0.5 - y)
  }
}
