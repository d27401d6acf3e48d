/// How much of a loss is the Kantorovich-Rubinstein part and how much the hinge, and from which margin on
/// the hinge rests.
///
/// Articles and libraries count differently. The article (Serrurier et al., "Achieving robustness in
/// classification using optimal transport with hinge regularization", CVPR 2021) minimises
/// `-KR + λ E(m - y f)₊`; libraries minimise `α E(min_margin / 2 - y f)₊ - (1 - α) KR`. With
/// `λ = α / (1 - α)` and `m = min_margin / 2` the first is `1 + λ` times the second, so that both have the
/// same minima, but not the same best learning rate.
public struct HingeRegularisation: Sendable, Equatable {
  /// What the Kantorovich-Rubinstein part is multiplied with.
  public let transportWeight: Double
  /// What the hinge is multiplied with.
  public let hingeWeight: Double
  /// The least `y f` at which the hinge is zero, in the unit of the inputs.
  public let margin: Double

  /// The parameters of the article.
  ///
  /// - Parameters:
  ///   - lambda: the weight of the hinge beside a Kantorovich-Rubinstein part of weight 1, at least 0.
  ///   - margin: m, at least 0, in the unit of the inputs.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(lambda: Double, margin: Double) throws(TrainingError) {
    try Self.check("lambda", lambda, in: 0...(.greatestFiniteMagnitude), Self.notNegative)
    try Self.check("margin", margin, in: 0...(.greatestFiniteMagnitude), Self.notNegative)
    (transportWeight, hingeWeight, self.margin) = (1, lambda, margin)
  }

  /// The parameters of libraries.
  ///
  /// - Parameters:
  ///   - alpha: the share of the hinge, from 0 (none) to 1 (nothing else). Some releases took α above 1
  ///     and remapped it; here it is refused.
  ///   - minMargin: twice the margin of the article, at least 0, in the unit of the inputs.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(alpha: Double, minMargin: Double) throws(TrainingError) {
    try Self.check("alpha", alpha, in: 0...1, Self.share)
    try Self.check("minMargin", minMargin, in: 0...(.greatestFiniteMagnitude), Self.notNegative)
    (transportWeight, hingeWeight, margin) = (1 - alpha, alpha, minMargin / 2)
  }

  /// λ of the article; infinite where there is nothing but the hinge.
  public var lambda: Double { hingeWeight / transportWeight }
  /// α of libraries, `λ / (1 + λ)`.
  public var alpha: Double { hingeWeight / (hingeWeight + transportWeight) }
  /// The margin of libraries, `2 m`.
  public var minMargin: Double { 2 * margin }

  private static let notNegative = "zero or positive, and finite"
  private static let share =
    "from 0 to 1 (where older code has an alpha above 1, give alpha / (1 + alpha))"

  private static func check(
    _ name: String, _ value: Double, in range: ClosedRange<Double>, _ allowed: String
  ) throws(TrainingError) {
    guard range.contains(value) else {
      throw .setting(name: name, value: "\(value)", allowed: allowed)
    }
  }
}

extension HingeRegularisation {
  /// What recipes can say: `alpha` and `minMargin`, or `lambda` and `margin`.
  static let options = ["alpha", "minMargin", "lambda", "margin"]

  /// The parameters of a recipe, in either way of counting.
  ///
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for numbers out of range, and when both
  ///   ways are mixed.
  init(_ options: TermOptions) throws(TrainingError) {
    let article = ["lambda", "margin"].filter { options.values[$0] != nil }
    let library = ["alpha", "minMargin"].filter { options.values[$0] != nil }
    if let first = article.first, let second = library.first {
      throw .setting(
        name: "\(options.term).\(first)", value: "given beside \(second)",
        allowed: "lambda and margin, or alpha and minMargin")
    }
    if article.isEmpty {
      try self.init(
        alpha: try options.number("alpha", default: 0.9, in: 0...1, Self.share),
        minMargin: try options.notNegative("minMargin", default: 1))
    } else {
      try self.init(
        lambda: try options.notNegative("lambda", default: 10),
        margin: try options.notNegative("margin", default: 1))
    }
  }
}
