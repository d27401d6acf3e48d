import Training

extension ModelLosses {
  /// `L_prior`.
  public struct Prior: Sendable, Codable, Equatable, WeighedLoss {
    /// How much each noise level counts.
    public var importance = NoiseImportance.byNoise
    /// The weight of the cosine beside squares, from 0 to 0.1.
    public var cosine = 0.0
    /// The weight over the run; 1 when `nil`.
    public var weight: Schedule?
    /// Whether it is learned.
    public var learned: Bool?

    static var standardWeight: Double { 1 }

    /// The defaults.
    public init() {}

    /// Reads a loss; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      importance =
        try fields.decodeIfPresent(NoiseImportance.self, forKey: .importance) ?? importance
      cosine = try fields.decodeIfPresent(Double.self, forKey: .cosine) ?? cosine
      weight = try fields.decodeIfPresent(Schedule.self, forKey: .weight)
      learned = try fields.decodeIfPresent(Bool.self, forKey: .learned)
    }

    /// The loss with its constants.
    ///
    /// - Throws: ``InversionError/setting(name:value:allowed:)``.
    public func loss() throws(InversionError) -> PriorLoss {
      try PriorLoss(
        importance: importance, measure: cosine == 0 ? .squared : .squaredAndCosine(cosine))
    }
  }
}
