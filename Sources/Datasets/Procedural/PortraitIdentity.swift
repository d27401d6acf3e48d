import Torch

/// Who is on a portrait: what does not change from one picture of a person to the next.
public struct PortraitIdentity: Sendable, Equatable {
  /// A continuous property of a face; -1 and 1 are its extremes.
  public enum Trait: Int, CaseIterable, Sendable {
    /// From narrow to wide.
    case faceWidth
    /// From short to long.
    case faceLength
    /// From pointed to square.
    case jaw
    /// From close-set to wide-set.
    case eyeSpacing
    /// From small to large.
    case eyeSize
    /// From high to low.
    case eyeHeight
    /// From thin to bushy.
    case browThickness
    /// From falling to rising towards the temples.
    case browAngle
    /// From short to long.
    case noseLength
    /// From narrow to broad.
    case noseWidth
    /// From small to wide.
    case mouthWidth
    /// From dark to light.
    case skin
    /// From a low to a high forehead.
    case hairline
    /// From black to blond.
    case hairTone
  }

  /// The continuous properties in the order of ``Trait``, each in [-1, 1].
  public let traits: [Double]
  /// Whether the person wears glasses.
  public let hasGlasses: Bool
  /// Whether the person has a beard.
  public let hasBeard: Bool

  /// Draws an identity: traits uniform in [-1, 1], glasses and beard each with probability 0.35.
  init(drawnFrom stream: inout RandomStream) {
    traits = Trait.allCases.map { _ in stream.symmetric(1) }
    hasGlasses = stream.uniform() < 0.35
    hasBeard = stream.uniform() < 0.35
  }

  /// An identity made by hand.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` unless there are
  ///   14 traits, all in [-1, 1].
  public init(traits: [Double], hasGlasses: Bool, hasBeard: Bool) throws(ProceduralError) {
    try require(
      traits.count == Trait.allCases.count && traits.allSatisfy((-1...1).contains), "portraits",
      "list of traits", traits, "\(Trait.allCases.count) numbers between -1 and 1")
    self.traits = traits
    self.hasGlasses = hasGlasses
    self.hasBeard = hasBeard
  }

  /// One continuous property.
  public subscript(trait: Trait) -> Double { traits[trait.rawValue] }

  /// The names of the numbers in ``vector``.
  public static let names: [String] =
    Trait.allCases.map { "\($0)" } + ["glasses", "beard"]

  /// All 16 numbers: the traits, then glasses and beard as 0 or 1.
  public var vector: [Double] { traits + [hasGlasses ? 1 : 0, hasBeard ? 1 : 0] }

  /// The Euclidean distance between the vectors of two identities; independent ones are about 3 apart.
  public func distance(to other: PortraitIdentity) -> Double {
    zip(vector, other.vector).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
