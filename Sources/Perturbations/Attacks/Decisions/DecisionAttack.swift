/// An attack that only hears decisions, and so has to start from an input on the wrong side.
public protocol DecisionAttack: Attack {
  /// What the attack is after.
  var goal: Goal { get set }
  /// Inputs to start from; the nearest that does is taken. Needed where one class is to be reached; else
  /// noise will do.
  var starts: StartingPool? { get set }
}
