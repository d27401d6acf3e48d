import Datasets
import Foundation
import Perturbations
import Torch

/// How hard an audit looks.
public struct AuditSettings: Sendable, Equatable {
  /// Ready-made settings.
  public enum Profile: String, Sendable, CaseIterable {
    /// A try, whether everything works: 20 attacked examples. Its numbers say nothing.
    case tiny
    /// A look: 200 attacked examples.
    case quick
    /// For a decision: 1000 attacked examples.
    case standard
    /// For the record: all examples, several restarts.
    case full
  }

  /// The profile these settings started from.
  public var profile: Profile
  /// How many examples are attacked, from the first on.
  public var attackedCount: Int
  /// The gradient steps of a PGD attack.
  public var steps: Int
  /// The length of a PGD step, in radii.
  public var relativeStepSize: Double
  /// The restarts of a PGD attack.
  public var restarts: Int
  /// The draws of the noise attack.
  public var draws: Int
  /// How the smoothed model is certified; `nil` for not at all.
  public var smoothing: Smoothing?
  /// The gradient steps of APGD.
  public var adaptiveSteps: Int
  /// The forward passes that Square may spend on an example.
  public var queries: Int
  /// Whether PGD climbs the margin in place of the cross-entropy.
  public var climbsMargin = false
  /// How many classes targeted APGD aims at, one after the other; 0 to leave it out.
  public var targetCount = 0
  /// How many passes every answer is averaged over: more than 1 for models that answer randomly.
  public var samples = 1
  /// How many examples the costly checks of the audit itself look at, from the first on.
  public var probedCount: Int
  /// The draws of noise that these examples must stand.
  public var probeDraws: Int
  /// How many members, and how many others, are asked for by attacks that look for members.
  public var membershipCount: Int
  /// How many shadow models such attacks train, where it is known how the model was trained.
  public var shadowModels: Int
  /// The resamples of bootstrap intervals.
  public var resamples: Int
  /// The loss that 1-Lipschitz networks for two classes are compared with the best function in: λ and
  /// the margin of hKR, both at least 0.
  public var hinge: (lambda: Double, margin: Double) {
    get { (hingeWeight, hingeMargin) }
    set { (hingeWeight, hingeMargin) = newValue }
  }
  private var hingeWeight = 0.0
  private var hingeMargin = 0.0
  /// The norms by name, each with its radii in ascending order; those that suit the data when empty.
  public var radii: [NormRadii]

  /// A norm with the radii at which it is attacked.
  public struct NormRadii: Sendable, Equatable {
    /// The name of the norm.
    public var norm: String
    /// The radii, in the data's own units.
    public var radii: [Double]

    /// A norm with radii.
    public init(norm: String, radii: [Double]) {
      self.norm = norm
      self.radii = radii
    }
  }

  /// How the model smoothed with noise is certified.
  public struct Smoothing: Sendable, Equatable {
    /// The noise's standard deviation, in the data's own units; a quarter of the width of the data's
    /// range, or of the features' spread where there is none, when `nil`.
    public var sigma: Double?
    /// How many noisy inputs estimate a probability.
    public var samples: Int
    /// How many examples are certified, from the first on.
    public var count: Int

    /// A way to smooth.
    public init(sigma: Double? = nil, samples: Int = 1000, count: Int = 100) {
      self.sigma = sigma
      self.samples = samples
      self.count = count
    }
  }

  /// The settings of a profile.
  public init(_ profile: Profile) {
    self.profile = profile
    switch profile {
    case .tiny: (attackedCount, steps, relativeStepSize, restarts) = (20, 5, 0.5, 1)
    case .quick: (attackedCount, steps, relativeStepSize, restarts) = (200, 20, 0.125, 1)
    case .standard: (attackedCount, steps, relativeStepSize, restarts) = (1000, 40, 0.1, 1)
    case .full: (attackedCount, steps, relativeStepSize, restarts) = (.max, 100, 0.05, 5)
    }
    draws = profile == .full ? 100 : 10
    switch profile {
    case .tiny:
      smoothing = nil
      (adaptiveSteps, queries, probedCount, probeDraws) = (5, 30, 10, 100)
    case .quick:
      smoothing = nil
      (adaptiveSteps, queries, probedCount, probeDraws) = (30, 300, 50, 1000)
    case .standard:
      smoothing = Smoothing(samples: 1000, count: 100)
      (adaptiveSteps, queries, probedCount, probeDraws) = (50, 1000, 200, 1000)
    case .full:
      smoothing = Smoothing(samples: 10_000, count: 500)
      (adaptiveSteps, queries, probedCount, probeDraws) = (100, 5000, 500, 10_000)
    }
    (membershipCount, shadowModels) =
      switch profile {
      case .tiny: (50, 0)
      case .quick: (1000, 0)
      case .standard: (2000, 16)
      case .full: (10_000, 64)
      }
    resamples =
      switch profile {
      case .tiny: 100
      case .quick: 1000
      case .standard, .full: 4000
      }
    radii = []
  }

  /// Checks every setting.
  ///
  /// - Throws: `PerturbationError` for the first that is out of range.
  public func validate() throws(PerturbationError) {
    for (name, value) in [
      ("the number of attacked examples", attackedCount), ("steps", steps), ("restarts", restarts),
      ("draws", draws), ("the steps of APGD", adaptiveSteps), ("the queries of Square", queries),
      ("the passes of an answer", samples), ("the number of probed examples", probedCount),
      ("the draws for probed examples", probeDraws),
      ("the number of members that are asked for", membershipCount),
      ("the draws of smoothing", smoothing?.samples ?? 1),
      ("the number of smoothed examples", smoothing?.count ?? 1),
    ] where value < 1 {
      throw .setting(name: name, value: Double(value), allowed: "at least 1")
    }
    if let sigma = smoothing?.sigma, !(sigma > 0 && sigma.isFinite) {
      throw .setting(name: "sigma", value: sigma, allowed: "above 0")
    }
    for (name, value) in [("lambda", hingeWeight), ("margin", hingeMargin)]
    where !(value >= 0 && value.isFinite) {
      throw .setting(name: "hinge \(name)", value: value, allowed: "zero or positive, and finite")
    }
    for entry in radii {
      let norm = try Norms.named(entry.norm)
      for radius in entry.radii where !(radius >= 0 && radius.isFinite) { throw .radius(radius) }
      // The weakest of the attacks of an audit decides which norms it can have.
      try FastGradient().validate(for: Ball(norm, radius: 1))
    }
  }

  /// The radii that suit some data, whose spread is that of its first thousand examples.
  public static func radii(for data: Dataset, profile: Profile) -> [NormRadii] {
    let inputs = data.batch(Array(0..<min(1000, data.count))).inputs
    return radii(
      featureCount: data.inputShape.reduce(1, *),
      spread: inputs.standardDeviation(along: [0]).mean().item, isUnit: data.range == 0...1,
      profile: profile)
  }

  /// The radii that suit some data: those of the literature for pixels in [0, 1], else fractions of
  /// the features' spread.
  public static func radii(
    featureCount: Int, spread: Double, isUnit: Bool, profile: Profile
  ) -> [NormRadii] {
    guard isUnit else {
      let steps = [0.05, 0.1, 0.25, 0.5, 1].map { rounded($0 * spread) }
      let euclidean = [0.05, 0.1, 0.25, 0.5, 1].map {
        rounded($0 * spread * Double(featureCount).squareRoot())
      }
      return [NormRadii(norm: "linf", radii: steps), NormRadii(norm: "l2", radii: euclidean)]
    }
    let linf = NormRadii(norm: "linf", radii: [0.01, 0.02, 0.05, 0.1, 0.2, 0.3])
    let l2 = NormRadii(norm: "l2", radii: [0.25, 0.5, 1, 2, 3])
    return profile == .quick || profile == .tiny ? [linf] : [linf, l2]
  }

  /// Two significant digits: radii are ids, and ids are read by people.
  private static func rounded(_ value: Double) -> Double {
    guard value > 0 else { return value }
    let scale = pow(10, 1 - log10(value).rounded(.down))
    return (value * scale).rounded() / scale
  }
}
