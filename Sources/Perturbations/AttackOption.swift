/// A setting of an attack that can be changed by name: on the command line, in recipes and in audits.
///
/// One declaration says how the setting is called, what it may be and what it is for; reading,
/// checking, reporting and documenting all follow from it.
public struct AttackOption<Owner>: Sendable {
  /// The name, such as `steps`.
  public let name: String
  /// What it may be, such as "a whole number from 1".
  public let allowed: String
  /// What it is for.
  public let summary: String
  /// The value, as text.
  public let text: @Sendable (Owner) -> String
  /// Reads a value; false when the text is none.
  package let change: @Sendable (inout Owner, String) -> Bool
  /// Whether the value is in its range.
  package let isAllowed: @Sendable (Owner) -> Bool

  /// A whole number of at least `least`.
  public init(
    _ name: String, _ path: any WritableKeyPath<Owner, Int> & Sendable, from least: Int = 1,
    _ summary: String
  ) {
    self.init(name, allowed: "a whole number from \(least)", summary) {
      "\($0[keyPath: path])"
    } change: { owner, text in
      // Recipes write whole numbers as numbers.
      Self.assign(Int(text) ?? Double(text).flatMap { Int(exactly: $0) }, to: path, of: &owner)
    } isAllowed: {
      $0[keyPath: path] >= least
    }
  }

  /// A number in a range.
  public init(
    _ name: String, _ path: any WritableKeyPath<Owner, Double> & Sendable,
    in range: ClosedRange<Double>, _ summary: String
  ) {
    self.init(name, allowed: "a number from \(range.lowerBound) to \(range.upperBound)", summary) {
      "\($0[keyPath: path])"
    } change: { owner, text in
      Self.assign(Double(text), to: path, of: &owner)
    } isAllowed: {
      range.contains($0[keyPath: path])
    }
  }

  /// A number that is zero or positive and finite, or nothing.
  ///
  /// - Parameter standard: what reports say when it is nothing.
  public init(
    _ name: String, _ path: any WritableKeyPath<Owner, Double?> & Sendable, standard: String,
    _ summary: String
  ) {
    self.init(name, allowed: "a number, zero or positive", summary) {
      $0[keyPath: path].map { "\($0)" } ?? standard
    } change: { owner, text in
      Self.assign(Double(text).map(Optional.some), to: path, of: &owner)
    } isAllowed: {
      $0[keyPath: path].map { $0 >= 0 && $0.isFinite } ?? true
    }
  }

  /// True or false.
  public init(
    _ name: String, _ path: any WritableKeyPath<Owner, Bool> & Sendable, _ summary: String
  ) {
    self.init(name, allowed: "true or false", summary) {
      "\($0[keyPath: path])"
    } change: { owner, text in
      Self.assign(Bool(text), to: path, of: &owner)
    }
  }

  /// One of some words.
  public init<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Owner, Choice> & Sendable, _ summary: String
  ) where Choice.RawValue == String {
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    self.init(name, allowed: "one of \(known)", summary) {
      $0[keyPath: path].rawValue
    } change: { owner, text in
      Self.assign(Choice(rawValue: text), to: path, of: &owner)
    }
  }

  /// Whether examples leave once they are broken, by one wording for all attacks.
  init(stopsEarly path: any WritableKeyPath<Owner, Bool> & Sendable) {
    self.init("stopsEarly", path, "Whether examples leave once they are broken inside the radius.")
  }

  /// The share of steps of APGD that must raise the loss.
  init(rho path: any WritableKeyPath<Owner, Double> & Sendable) {
    self.init(
      "rho", path, in: 0...1, "The share of steps that must raise the loss, or they are halved.")
  }

  /// Whether runs of APGD in L1 begin in larger balls.
  init(largerRadiiFirst path: any WritableKeyPath<Owner, Bool> & Sendable) {
    self.init("largerRadiiFirst", path, "Whether runs in L1 begin in larger balls.")
  }

  /// Whether what was found is shortened at the end.
  init(polishes path: any WritableKeyPath<Owner, Bool> & Sendable) {
    self.init(
      "polishes", path, "Whether what was found is shortened at the end, by 12 to 14 passes.")
  }

  /// What is climbed.
  public init(loss path: any WritableKeyPath<Owner, AttackLoss> & Sendable) {
    let known = AttackLoss.all.map(\.name).joined(separator: ", ")
    self.init("loss", allowed: "one of \(known)", "What is climbed.") {
      $0[keyPath: path].name
    } change: { owner, text in
      Self.assign(AttackLoss.all.first { $0.name == text }, to: path, of: &owner)
    }
  }

  /// What the attack is after.
  public init(goal path: any WritableKeyPath<Owner, Goal> & Sendable) {
    self.init(
      "goal", allowed: "untargeted, a class from 0, offset:1, least-likely or runner-up",
      "What the attack is after: any wrong class, or one."
    ) {
      $0[keyPath: path].text
    } change: { owner, text in
      Self.assign(Goal(text: text), to: path, of: &owner)
    }
  }

  /// Any other setting.
  ///
  /// - Parameters:
  ///   - text: the value as text.
  ///   - change: reads a value; false when the text is none.
  ///   - isAllowed: whether the value is in its range.
  public init(
    _ name: String, allowed: String, _ summary: String,
    text: @escaping @Sendable (Owner) -> String,
    change: @escaping @Sendable (inout Owner, String) -> Bool,
    isAllowed: @escaping @Sendable (Owner) -> Bool = { _ in true }
  ) {
    self.name = name
    self.allowed = allowed
    self.summary = summary
    self.text = text
    self.change = change
    self.isAllowed = isAllowed
  }

  private static func assign<Value>(
    _ value: Value?, to path: WritableKeyPath<Owner, Value>, of owner: inout Owner
  ) -> Bool {
    guard let value else { return false }
    owner[keyPath: path] = value
    return true
  }
}
