import Training

extension ModelLosses {
  /// `L_reg`: the lengths of vectors of classes and the size of low-rank changes.
  public struct Regularisation: Sendable, Codable, Equatable, WeighedLoss {
    /// The share of lengths.
    public var lengths = 1.0
    /// λ of layers by the ends of their names.
    public var lowRank = LowRankPenalty.standard.rules
    /// λ of all other layers.
    public var others = LowRankPenalty.standard.others
    /// The weight over the run; 0.01 when `nil`.
    public var weight: Schedule?

    var learned: Bool? { nil }
    static var standardWeight: Double { 0.01 }

    /// The defaults.
    public init() {}

    /// Reads a loss; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      lengths = try fields.decodeIfPresent(Double.self, forKey: .lengths) ?? lengths
      lowRank = try fields.decodeIfPresent([LowRankPenalty.Rule].self, forKey: .lowRank) ?? lowRank
      others = try fields.decodeIfPresent(Double.self, forKey: .others) ?? others
      weight = try fields.decodeIfPresent(Schedule.self, forKey: .weight)
    }

    /// The penalty of low-rank changes.
    ///
    /// - Throws: ``InversionError/setting(name:value:allowed:)``.
    public func penalty() throws(InversionError) -> LowRankPenalty {
      guard lengths >= 0, lengths.isFinite else {
        throw .setting(name: "lengths", value: "\(lengths)", allowed: "not negative")
      }
      return try LowRankPenalty(rules: lowRank, others: others)
    }
  }
}
