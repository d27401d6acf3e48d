/// Something that was said about a finding before it was measured here: a figure, a bound, or which of two
/// variants is higher.
public struct Claim: Sendable, Decodable {
  /// What is claimed.
  public enum Statement: Sendable, Equatable {
    /// The finding, or its difference to another variant, has a value, or one of a range that was reported.
    case within(ClosedRange<Double>)
    /// The finding, or its difference to another variant, is above a value.
    case above(Double)
    /// The finding, or its difference to another variant, is below a value.
    case below(Double)
  }

  /// Where a claim comes from.
  public enum Origin: String, Sendable, Decodable, CaseIterable {
    /// Somebody measured it on other networks and published it.
    case published
    /// Somebody guessed it before anything was run.
    case forecast
    /// The authors of the experiment expected it, by an argument or by an earlier measurement.
    case expected
  }

  /// One sentence: what it means.
  public let says: String
  /// The name of the finding.
  public let finding: String
  /// The variant; that of the only run when `nil`.
  public let variant: String?
  /// The variant that it is compared with, where a difference is claimed.
  public let against: String?
  /// What is claimed.
  public let statement: Statement
  /// Where it comes from.
  public let origin: Origin
  /// Who said it, and where.
  public let source: String?
  /// Where the claim stands.
  let place: RecipePlace

  private enum CodingKeys: String, CodingKey {
    case says, finding, variant, against, `is`, above, below, published, forecast, source, origin
  }

  private enum Order: String, Decodable, CaseIterable { case higher, lower }

  /// Reads a claim: exactly one of `published`, `forecast`, `above`, `below`, and of a difference also `is`.
  public init(from decoder: any Decoder) throws {
    place = try RecipeValue(from: decoder).place
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    says = try fields.decode(String.self, forKey: .says)
    finding = try fields.decode(String.self, forKey: .finding)
    variant = try fields.decodeIfPresent(String.self, forKey: .variant)
    against = try fields.decodeIfPresent(String.self, forKey: .against)
    source = try fields.decodeIfPresent(String.self, forKey: .source)
    let published = try fields.decodeIfPresent(Figure.self, forKey: .published)?.range
    let forecast = try fields.decodeIfPresent(Figure.self, forKey: .forecast)?.range
    let order = try fields.decodeIfPresent(Order.self, forKey: .is)
    let statements: [Statement?] = [
      published.map { .within($0) }, forecast.map { .within($0) },
      try fields.decodeIfPresent(Double.self, forKey: .above).map { .above($0) },
      try fields.decodeIfPresent(Double.self, forKey: .below).map { .below($0) },
      order.map { $0 == .higher ? .above(0) : .below(0) },
    ]
    let named = try fields.decodeIfPresent(Origin.self, forKey: .origin)
    origin = published != nil ? .published : forecast != nil ? .forecast : named ?? .expected
    let given = statements.compactMap(\.self)
    guard given.count == 1, let only = given.first else {
      throw RecipeError.invalid(
        place, path: "claims",
        reason: "give exactly one of published, forecast, above, below, and is for a difference")
    }
    statement = only
    if order != nil, against == nil {
      throw RecipeError.invalid(
        place, path: "claims", reason: "'is' compares with a variant; name it by 'against'")
    }
    if origin == .published, source == nil {
      throw RecipeError.invalid(
        place, path: "claims", reason: "a published figure needs its source")
    }
  }

  /// A number, or the lowest and the highest of several.
  private struct Figure: Decodable {
    let range: ClosedRange<Double>

    init(from decoder: any Decoder) throws {
      let value = try RecipeValue(from: decoder)
      guard case .sequence = value.content else {
        let number = try Double(from: decoder)
        guard !number.isNaN else {
          throw RecipeError.invalid(value.place, path: "claims", reason: "a figure is a number")
        }
        range = number...number
        return
      }
      let ends = try [Double](from: decoder)
      guard ends.count == 2, ends[0] <= ends[1] else {
        throw RecipeError.invalid(
          value.place, path: "claims", reason: "a range is [lowest, highest]")
      }
      range = ends[0]...ends[1]
    }
  }
}
