/// A term that recipes can name.
protocol RegisteredTerm: Term, SendableMetatype {
  /// The name in recipes and logs.
  static var name: String { get }
  /// The options that it takes.
  static var options: [String] { get }
  /// The term with options of a recipe.
  init(_ options: TermOptions) throws(TrainingError)
}

extension RegisteredTerm {
  /// The name in recipes and logs.
  public var name: String { Self.name }
  static var options: [String] { [] }
}
