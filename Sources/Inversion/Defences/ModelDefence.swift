import Foundation
import Training

/// A defence of a classifier of identities against inversion, and how strong it is.
///
/// Some change how the classifier is trained (``applied(to:)`` and its siblings), the others what it
/// answers (``wrapped(_:seed:)``); both may be asked of any, and then change nothing.
public struct ModelDefence: Sendable, Codable, Equatable {
  /// Which defence, under its name in recipes.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// None.
    case none
    /// A variational information bottleneck; its strength is β, 0.01 when it is not given.
    case informationBottleneck = "mid"
    /// Bilateral dependency optimisation; its strength is a₁, 0.05 when it is not given.
    case bilateralDependency = "bido"
    /// Label smoothing below zero; its strength is α, -0.05 when it is not given.
    case negativeLabelSmoothing = "negative-label-smoothing"
    /// First layers of a network of public people that are not trained; its strength is how many, 1 when it is
    /// not given.
    case transfer
    /// DP-SGD; its strength is the noise σ, 1 when it is not given.
    case differentialPrivacy = "dp-sgd"
    /// Rounded probabilities; its strength is the number of decimals, 1 when it is not given.
    case rounding
    /// The largest probabilities alone; its strength is how many, 1 when it is not given.
    case truncation
  }

  /// Which defence.
  public var kind: Kind
  /// How strong it is, in the unit that its kind has.
  public var strength: Double
  /// The number of coordinates of the bottleneck.
  public var size = 32
  /// How often a network with a bottleneck draws when it answers; 0 for none, so that it answers with the mean.
  public var draws = 0
  /// How dependence is measured.
  public var dependence = KernelDependence.hsic
  /// a₂ of bilateral dependency; ten times a₁ when `nil`, as published for HSIC.
  public var labelWeight: Double?
  /// Where transferred layers come from, in a recipe: the folder of a run, or a safetensors file.
  public var initial: String?
  /// The length that DP-SGD shortens gradients to, C.
  public var clip = 1.0
  /// The δ that DP-SGD tells ε for.
  public var delta = 1e-5
  /// What gradients go through where answers are changed.
  public var slope = OutputSlope.straightThrough

  /// A defence of a strength; of its kind's own when `nil`.
  public init(_ kind: Kind, strength: Double? = nil) {
    self.kind = kind
    self.strength = strength ?? kind.strength
  }

  /// Reads a defence; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try fields.decodeIfPresent(Kind.self, forKey: .kind) ?? .none,
      strength: try fields.decodeIfPresent(Double.self, forKey: .strength))
    size = try fields.decodeIfPresent(Int.self, forKey: .size) ?? size
    draws = try fields.decodeIfPresent(Int.self, forKey: .draws) ?? draws
    dependence =
      try fields.decodeIfPresent(KernelDependence.self, forKey: .dependence) ?? dependence
    labelWeight = try fields.decodeIfPresent(Double.self, forKey: .labelWeight)
    initial = try fields.decodeIfPresent(String.self, forKey: .initial)
    clip = try fields.decodeIfPresent(Double.self, forKey: .clip) ?? clip
    delta = try fields.decodeIfPresent(Double.self, forKey: .delta) ?? delta
    slope = try fields.decodeIfPresent(OutputSlope.self, forKey: .slope) ?? slope
  }

  /// The kind with its strength, such as `mid 0.01`.
  public var name: String {
    guard kind != .none else { return kind.rawValue }
    let number = Int(exactly: strength).map { "\($0)" } ?? "\(strength)"
    return "\(kind.rawValue) \(number)"
  }

  /// Whether the classifier is trained in another way.
  public var changesTraining: Bool { !changesAnswers && kind != .none }
  /// Whether a finished classifier answers in another way.
  public var changesAnswers: Bool { kind == .rounding || kind == .truncation }

  /// Checks strength and settings.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for the first that is out of range.
  public func validate() throws(InversionError) {
    func check(_ isRight: Bool, _ name: String, _ value: Any, _ allowed: String)
      throws(InversionError)
    {
      if !isRight {
        throw .setting(name: "\(kind.rawValue).\(name)", value: "\(value)", allowed: allowed)
      }
    }
    let isWhole = strength == strength.rounded()
    switch kind {
    case .none: break
    case .informationBottleneck:
      try check(strength >= 0 && strength.isFinite, "strength", strength, "zero or positive")
      try check(1...4096 ~= size, "size", size, "from 1 to 4096")
      try check(0...10_000 ~= draws, "draws", draws, "from 0 to 10000")
    case .bilateralDependency:
      try check(0...1e6 ~= strength, "strength", strength, "from 0 to 1e6")
      try check(0...1e6 ~= labelWeight ?? 0, "labelWeight", labelWeight ?? 0, "from 0 to 1e6")
    case .negativeLabelSmoothing:
      try check(strength > -1 && strength <= 0, "strength", strength, "above -1, at most 0")
    case .transfer:
      try check(isWhole && 1...1000 ~= strength, "strength", strength, "a whole number from 1")
    case .differentialPrivacy:
      try check(strength >= 0 && strength.isFinite, "strength", strength, "zero or positive")
      try check(clip > 0 && clip.isFinite, "clip", clip, "positive and finite")
      try check(delta > 0 && delta < 1, "delta", delta, "above 0 and below 1")
    case .rounding:
      try check(isWhole && 0...8 ~= strength, "strength", strength, "a whole number from 0 to 8")
    case .truncation:
      try check(isWhole && 1...1e6 ~= strength, "strength", strength, "a whole number from 1")
    }
  }
}

extension ModelDefence.Kind {
  /// The strength where none is given.
  var strength: Double {
    switch self {
    case .none: 0
    case .informationBottleneck: 0.01
    case .bilateralDependency: 0.05
    case .negativeLabelSmoothing: -0.05
    case .transfer, .differentialPrivacy, .rounding, .truncation: 1
    }
  }
}
