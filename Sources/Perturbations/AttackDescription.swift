/// What commands and pages say of an attack.
public struct AttackDescription: Sendable, Hashable {
  /// What an attack looks for and may use.
  public enum Kind: String, Sendable, CaseIterable {
    /// Any failure inside the ball, by gradients.
    case fixedBudget = "fixed budget"
    /// The shortest perturbation that makes the model fail, by gradients.
    case minimumNorm = "minimum norm"
    /// Any failure inside the ball, by the model's outputs alone.
    case withoutGradients = "without gradients"
    /// One perturbation for many examples.
    case universal
    /// Several attacks, one after the other, each on what still stands.
    case ensemble
  }

  /// The name in ids and on the command line, such as `apgd`.
  public var name: String
  /// One sentence for people.
  public var summary: String
  /// What it looks for and may use.
  public var kind: Kind
  /// Whether it looks for the shortest perturbation, so that the radius may be infinite.
  public var findsShortest: Bool
  /// The names of the norms it is defined for; empty when it measures perturbations otherwise.
  public var norms: [String]
  /// What an example costs, such as "steps + 1 forward and backward passes a restart".
  public var cost: String
  /// The paper.
  public var source: String

  /// A description.
  ///
  /// - Parameter findsShortest: what ``findsShortest`` is; by default true for ``Kind/minimumNorm`` alone.
  public init(
    name: String, summary: String, kind: Kind, findsShortest: Bool? = nil, norms: [String],
    cost: String, source: String
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.findsShortest = findsShortest ?? (kind == .minimumNorm)
    self.norms = norms
    self.cost = cost
    self.source = source
  }
}
