/// Points on two Koch snowflakes, one inside or beside the other: two classes in the plane.
///
/// Each point is drawn evenly from the length of its class's snowflake, plus a normal vector of
/// deviation `noise`. Snowflakes of a higher order bring ever finer teeth, so that a classifier's
/// boundary must be ever more complicated unless it is smooth by construction (Serrurier et al.,
/// "Achieving robustness in classification using optimal transport with hinge regularization",
/// CVPR 2021).
public struct Koch: ProceduralSet {
  /// "koch".
  public static let name = "koch"

  /// How the two snowflakes lie.
  public enum Arrangement: String, CaseIterable, Sendable {
    /// The second inside the first, with the same centre.
    case nested
    /// The second to the right of the first; their circumscribed circles are 0.2 apart.
    case beside
  }

  /// The curve of each class.
  public let curves: [KochCurve]
  /// How the two curves lie.
  public let arrangement: Arrangement
  /// The standard deviation of the noise in each direction.
  public let noise: Double

  /// Two snowflakes, the first about the origin.
  ///
  /// - Parameters:
  ///   - order: how often the triangles were refined, from 0 to ``KochCurve/largestOrder``.
  ///   - radii: the radii of the circles round the first and the second snowflake.
  ///   - arrangement: whether the second lies inside or beside the first.
  ///   - noise: the standard deviation of the noise.
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for an order, a
  ///   radius or a noise that is out of range, and when the second does not fit into the first.
  public init(
    order: Int = 2, radii: (Double, Double) = (1, 0.45), arrangement: Arrangement = .nested,
    noise: Double = 0
  ) throws(ProceduralError) {
    try requireNoise(noise, in: Self.name)
    let first = try KochCurve(order: order, radius: radii.0)
    let center = SIMD2(arrangement == .nested ? 0 : radii.0 + radii.1 + 0.2, 0)
    let second = try KochCurve(order: order, radius: radii.1, center: center)
    let room = first.distance(from: .zero)
    try require(
      arrangement == .beside || radii.1 < room, Self.name, "second radius", radii.1,
      "less than \(room), the distance from the centre to the first snowflake")
    curves = [first, second]
    self.arrangement = arrangement
    self.noise = noise
  }

  /// [2].
  public var exampleShape: [Int] { [2] }

  /// "outer" and "inner", or "left" and "right".
  public var classNames: [String] {
    arrangement == .nested ? ["outer", "inner"] : ["left", "right"]
  }

  /// Draws points; see ``ProceduralSet/draw(_:seed:part:)``.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<PlanarTruth> {
    try drawPoints(count, seed: seed, part: part)
  }

  /// The exact distance from a point to one of the curves, or infinity for a label without one.
  public func distance(from point: SIMD2<Double>, to label: Int) -> Double {
    curves.indices.contains(label) ? curves[label].distance(from: point) : .infinity
  }

  /// The label that errs least often at a point: that of the larger density, or without noise that
  /// of the nearer curve.
  public func bayesLabel(of point: SIMD2<Double>) -> Int { mostLikelyLabel(of: point) }
}

extension Koch: NoisyCurves {
  var lengths: [Double] { curves.map(\.length) }

  func point(at share: Double, of label: Int) -> SIMD2<Double> { curves[label].point(at: share) }
}
