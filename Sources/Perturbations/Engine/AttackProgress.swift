/// How far an attack on many examples has come.
public struct AttackProgress: Sendable, Equatable {
  /// The name of the attack that runs.
  public var stage: String
  /// Which of an ensemble's attacks it is, from 1; 1 of 1 for a single one.
  public var stageNumber = 1
  /// How many attacks the ensemble has.
  public var stageCount = 1
  /// How many of its examples the attack is done with.
  public var done: Int
  /// How many examples the attack has: in an ensemble those that stood before it.
  public var total: Int
  /// How many of those done are broken.
  public var broken: Int
  /// How many examples the evaluation has, with those that fell before this attack.
  public var examples: Int
  /// How many of them fell before this attack.
  public var brokenBefore = 0

  /// The share of all examples that stand so far.
  public var robustAccuracy: Double {
    examples == 0 ? .nan : Double(examples - brokenBefore - broken) / Double(examples)
  }

  /// How far an attack that stands for itself has come.
  init(stage: String, done: Int, total: Int, broken: Int) {
    (self.stage, self.done, self.total, self.broken) = (stage, done, total, broken)
    examples = total
  }
}
