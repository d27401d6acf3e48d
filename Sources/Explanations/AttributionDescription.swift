/// What commands and pages say of an attribution.
public struct AttributionDescription: Sendable, Hashable {
  /// What a method looks at.
  public enum Kind: String, Sendable, CaseIterable {
    /// The gradient of the answer with respect to the input.
    case gradients
    /// The features that a layer finds, and the gradient with respect to them.
    case features = "features of a layer"
    /// Answers to inputs of which parts were taken away; the model may be anything.
    case perturbations
  }

  /// The name in ids and on the command line, such as `rise`.
  public var name: String
  /// One sentence for people.
  public var summary: String
  /// What it looks at.
  public var kind: Kind
  /// Whether its maps have signs: positive speaks for the class, negative against it.
  public var isSigned: Bool
  /// Whether only differences between places mean something, since zero does not stand for nothing.
  public var isRelative: Bool
  /// What an example costs, such as "samples forward passes".
  public var cost: String
  /// The paper.
  public var source: String

  /// A description.
  public init(
    name: String, summary: String, kind: Kind, isSigned: Bool, isRelative: Bool = false,
    cost: String, source: String
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.isSigned = isSigned
    self.isRelative = isRelative
    self.cost = cost
    self.source = source
  }
}
