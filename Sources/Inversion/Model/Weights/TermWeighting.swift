import Training

/// How a loss of model inversion is weighted. The ways exclude one another; fixed is the default.
public enum TermWeighting: Sendable, Equatable {
  /// The same throughout.
  case fixed(Double)
  /// One weight before a share of the run, another after it.
  case twoStage(first: Double, second: Double, at: Double)
  /// By a schedule.
  case scheduled(Schedule)
  /// Learned by uncertainty, `½ exp(-s) L + ½ s`, from s at the start (`LearnedWeight`); refused for a loss
  /// that can be negative.
  case learned(start: Double = 0)

  /// The note's first stage protects the prior, its second the attack: a quarter of the run, 50 of 200 epochs.
  public static let twoStagePrior = TermWeighting.twoStage(first: 2, second: 0.5, at: 0.25)
  /// The weight of the classifier beside ``twoStagePrior``.
  public static let twoStageClassifier = TermWeighting.twoStage(first: 0.5, second: 1.5, at: 0.25)

  /// A term with this weight.
  ///
  /// - Throws: `TrainingError.unboundedTerm` for a learned weight on a term that can be negative;
  ///   `TrainingError.setting` for a weight that is negative or a start out of range.
  public func weighted(_ term: any Term) throws(TrainingError) -> Objective.WeightedTerm {
    switch self {
    case .fixed(let weight):
      try Self.check(term.name, weight)
      return term.weighted(weight)
    case .twoStage(let first, let second, let share):
      try Self.check(term.name, first)
      try Self.check(term.name, second)
      guard 0...1 ~= share else {
        throw .setting(name: "\(term.name).at", value: "\(share)", allowed: "from 0 to 1")
      }
      return term.weighted(.twoStage(first: first, second: second, at: share))
    case .scheduled(let schedule):
      try schedule.validate(of: term.name)
      return term.weighted(schedule)
    case .learned(let start):
      return try term.learnedWeight(LearnedWeight(start: start))
    }
  }

  private static func check(_ name: String, _ weight: Double) throws(TrainingError) {
    guard weight >= 0, weight.isFinite else {
      throw .setting(name: "\(name).weight", value: "\(weight)", allowed: "not negative")
    }
  }
}
