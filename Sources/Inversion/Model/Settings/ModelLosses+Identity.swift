import Training

extension ModelLosses {
  /// `L_id`.
  public struct Identity: Sendable, Codable, Equatable, WeighedLoss {
    /// A distance of templates.
    public enum Kind: String, Sendable, Codable, CaseIterable {
      /// One less the cosine.
      case cosine
      /// Nearer than others by a margin.
      case hinge
      /// Near the target and far from others.
      case infonce
    }

    /// The distance.
    public var kind = Kind.hinge
    /// Where the person is known from.
    public var source = IdentitySource.publicLookAlikes
    /// The margin of the hinge, of the cosine.
    public var margin = 0.3
    /// τ of InfoNCE.
    public var temperature = 0.07
    /// The weight over the run; 0.5 when `nil`.
    public var weight: Schedule?
    /// Whether it is learned.
    public var learned: Bool?

    static var standardWeight: Double { 0.5 }

    /// The defaults.
    public init() {}

    /// Reads a loss; what is absent has its default.
    ///
    /// - Throws: ``InversionError/privateIdentity(source:people:)`` where the source is a private image.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      kind = try fields.decodeIfPresent(Kind.self, forKey: .kind) ?? kind
      source = try fields.decodeIfPresent(IdentitySource.self, forKey: .source) ?? source
      margin = try fields.decodeIfPresent(Double.self, forKey: .margin) ?? margin
      temperature = try fields.decodeIfPresent(Double.self, forKey: .temperature) ?? temperature
      weight = try fields.decodeIfPresent(Schedule.self, forKey: .weight)
      learned = try fields.decodeIfPresent(Bool.self, forKey: .learned)
    }

    /// The distance with its constants.
    ///
    /// - Throws: ``InversionError/setting(name:value:allowed:)``.
    public func featureLoss() throws(InversionError) -> FeatureLoss {
      switch kind {
      case .cosine: .cosine
      case .hinge: .hinge(try ContrastiveHinge(margin: margin))
      case .infonce: .contrastive(try InfoNCE(temperature: temperature))
      }
    }
  }
}
