import Foundation
import Training

/// The five losses of model inversion as a recipe names them, each with its choices and its weight:
/// `L = λ L_prior + λ L_cls + λ L_id + λ L_perc + λ L_reg`. A loss of weight 0 is left out.
public struct ModelLosses: Sendable, Codable, Equatable {
  /// How far the prior is from knowing public images.
  public var prior = Prior()
  /// How far the target is from taking made images for their classes.
  public var classifier = Classifier()
  /// How far made images are from what is known of the people.
  public var identity = Identity()
  /// How far made images are from public source images.
  public var perception = Perception()
  /// How far what is learned is from where it started.
  public var regularisation = Regularisation()
  /// Where the s of learned weights, the logarithms of variances, begin; 0 when `nil`.
  public var learnedStart: Double?

  /// The defaults.
  public init() {}

  /// Reads losses; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    prior = try fields.decodeIfPresent(Prior.self, forKey: .prior) ?? prior
    classifier = try fields.decodeIfPresent(Classifier.self, forKey: .classifier) ?? classifier
    identity = try fields.decodeIfPresent(Identity.self, forKey: .identity) ?? identity
    perception = try fields.decodeIfPresent(Perception.self, forKey: .perception) ?? perception
    regularisation =
      try fields.decodeIfPresent(Regularisation.self, forKey: .regularisation) ?? regularisation
    learnedStart = try fields.decodeIfPresent(Double.self, forKey: .learnedStart)
  }

  /// Checks all numbers.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)``, `TrainingError`, for a number out of its range or
  ///   a learned weight on a loss that can be negative.
  public func validate() throws {
    _ = try prior.loss()
    let classifierLoss = try classifier.loss()
    try classifier.validate()
    _ = try identity.featureLoss()
    try perception.validate()
    _ = try regularisation.penalty()
    if classifier.learned == true, classifierLoss?.isBoundedBelowByZero != true {
      throw TrainingError.unboundedTerm("classifier.\(classifier.kind.rawValue)")
    }
    for (name, section) in sections { _ = try section.weighting(name, from: learnedStart) }
  }

  /// Whether a loss compares attributes of images.
  package var comparesAttributes: Bool { perception.isOn && perception.attributes > 0 }

  private var sections: [(String, any WeighedLoss)] {
    [
      ("prior", prior), ("classifier", classifier), ("identity", identity),
      ("perception", perception), ("regularisation", regularisation),
    ]
  }
}

/// A loss with a weight of one kind or the other.
protocol WeighedLoss {
  /// The weight over the run.
  var weight: Schedule? { get }
  /// Whether it is learned in place of that.
  var learned: Bool? { get }
  /// The weight where nothing is said.
  static var standardWeight: Double { get }
}

extension WeighedLoss {
  /// Whether the loss counts at all.
  var isOn: Bool { learned == true || (weight ?? .constant(Self.standardWeight)) != .constant(0) }

  /// The weight.
  ///
  /// - Parameter start: where a learned one begins.
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` where both are asked for.
  func weighting(_ name: String, from start: Double? = nil) throws -> TermWeighting {
    guard learned == true else {
      let schedule = weight ?? .constant(Self.standardWeight)
      try schedule.validate(of: name)
      if case .constant(let value) = schedule { return .fixed(value) }
      return .scheduled(schedule)
    }
    guard weight == nil else {
      throw InversionError.setting(
        name: "\(name).weight", value: "given", allowed: "left out where the weight is learned")
    }
    return .learned(start: start ?? 0)
  }
}
