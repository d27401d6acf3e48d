import Foundation

/// The noise levels that a sampler visits: `σᵢ = (σ_max^(1/ρ) + i/(N-1) (σ_min^(1/ρ) - σ_max^(1/ρ)))^ρ`
/// for `i < N`, and 0 at the end (Karras et al., NeurIPS 2022, equation 5).
public struct NoiseLevels: Sendable, Codable, Equatable {
  /// The number of steps N, at least 1.
  public var steps: Int
  /// The lowest level before zero, positive.
  public var minimum: Double
  /// The highest level, at which sampling starts.
  public var maximum: Double
  /// How much shorter steps are at low levels; positive, 7 in the article.
  public var rho: Double

  /// Levels; the article's by default.
  public init(steps: Int = 18, minimum: Double = 0.002, maximum: Double = 80, rho: Double = 7) {
    self.steps = steps
    self.minimum = minimum
    self.maximum = maximum
    self.rho = rho
  }

  /// Reads levels; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    steps = try fields.decodeIfPresent(Int.self, forKey: .steps) ?? steps
    minimum = try fields.decodeIfPresent(Double.self, forKey: .minimum) ?? minimum
    maximum = try fields.decodeIfPresent(Double.self, forKey: .maximum) ?? maximum
    rho = try fields.decodeIfPresent(Double.self, forKey: .rho) ?? rho
  }

  /// The levels, N + 1 of them, falling, with 0 as the last.
  public var values: [Double] {
    guard steps > 1 else { return [maximum, 0] }
    let (high, low) = (pow(maximum, 1 / rho), pow(minimum, 1 / rho))
    let levels = (0..<steps).map { (index: Int) -> Double in
      let share = Double(index) / Double(steps - 1)
      return pow(high + share * (low - high), rho)
    }
    return levels + [0]
  }

  /// As many levels from another highest one on: what a restart visits.
  public func starting(at level: Double) -> NoiseLevels {
    NoiseLevels(steps: steps, minimum: min(minimum, level), maximum: level, rho: rho)
  }

  /// Checks the settings.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` for the first that is out of range.
  public func validate() throws(DiffusionError) {
    try DiffusionError.require(steps >= 1, "steps", steps, "at least 1")
    try DiffusionError.require(
      minimum > 0 && minimum.isFinite, "minimum", minimum, "positive and finite")
    try DiffusionError.require(
      maximum >= minimum && maximum.isFinite, "maximum", maximum, "finite and at least \(minimum)")
    try DiffusionError.require(rho > 0 && rho.isFinite, "rho", rho, "positive and finite")
  }
}
