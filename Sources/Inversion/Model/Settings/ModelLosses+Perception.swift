import Training

extension ModelLosses {
  /// `L_perc`: attributes, layers and diversity in a mix.
  public struct Perception: Sendable, Codable, Equatable, WeighedLoss {
    /// The share of attributes; the note's mix has 0.6.
    public var attributes = 0.0
    /// The share of layers; the note's mix has 0.4.
    public var layers = 1.0
    /// The share of diversity; the note's mix has 0.1.
    public var diversity = 0.0
    /// The variance that is enough.
    public var enough = 0.05
    /// The weight over the run; 0.1 when `nil`.
    public var weight: Schedule?
    /// Whether it is learned.
    public var learned: Bool?

    static var standardWeight: Double { 0.1 }

    /// The defaults.
    public init() {}

    /// Reads a loss; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      attributes = try fields.decodeIfPresent(Double.self, forKey: .attributes) ?? attributes
      layers = try fields.decodeIfPresent(Double.self, forKey: .layers) ?? layers
      diversity = try fields.decodeIfPresent(Double.self, forKey: .diversity) ?? diversity
      enough = try fields.decodeIfPresent(Double.self, forKey: .enough) ?? enough
      weight = try fields.decodeIfPresent(Schedule.self, forKey: .weight)
      learned = try fields.decodeIfPresent(Bool.self, forKey: .learned)
    }

    func validate() throws(InversionError) {
      _ = try PerceptualMix(attributes: attributes, layers: layers, diversity: diversity)
      _ = try DiversityLoss(enough: enough)
      guard !isOn || attributes + layers + diversity > 0 else {
        throw .setting(
          name: "perception", value: "shares of 0", allowed: "a mix of something, or weight 0")
      }
    }
  }
}
