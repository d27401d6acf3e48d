import Training

extension ModelLosses {
  /// `L_cls`: a loss on logits, `α` times the distance to feature centres, and a margin of the angle.
  public struct Classifier: Sendable, Codable, Equatable, WeighedLoss {
    /// A loss on logits.
    public enum Kind: String, Sendable, Codable, CaseIterable {
      /// The negative log-probability.
      case crossEntropy
      /// The strongest rival less the class.
      case maxMargin
      /// The k strongest rivals less the class.
      case topK
      /// The softplus of that.
      case softplus
      /// Poincaré's distance.
      case poincare
      /// Minus the class's logit, and how far features are from those of public images.
      case logitFeatures
    }

    /// Where feature centres come from.
    public enum Centres: String, Sendable, Codable, CaseIterable {
      /// There are none.
      case none
      /// The means of public features.
      case fixed
      /// An exponential mean of them.
      case moving
      /// Gradients from public features.
      case learned
    }

    /// The loss on logits.
    public var kind = Kind.softplus
    /// k; chosen by the number of classes when `nil`.
    public var k: Int?
    /// Whether k is chosen as the note prints it.
    public var printedK = false
    /// What becomes of the k rivals.
    public var reduction = TopRivals.Reduction.mean
    /// The margin of `softplus`, in logits.
    public var margin = 1.0
    /// λ of `logitFeatures`.
    public var featureWeight = 1.0
    /// Which public features those of `logitFeatures` are to be near.
    public var features = LogitFeatureLoss.Reference.mean
    /// Where feature centres come from.
    public var centres = Centres.fixed
    /// How much of an old centre is kept, of those that move.
    public var decay = 0.9
    /// α, how much the distance to centres counts.
    public var centreShare = 1.0
    /// The margin of the angle, in radians; no such summand when `nil`.
    public var angle: Double?
    /// How much that counts.
    public var angleShare = 1.0
    /// The weight over the run; 0.05 when `nil`.
    public var weight: Schedule?
    /// Whether it is learned.
    public var learned: Bool?

    static var standardWeight: Double { 0.05 }

    /// The defaults.
    public init() {}

    /// Reads a loss; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
        try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
      }
      kind = try read(.kind, kind)
      k = try fields.decodeIfPresent(Int.self, forKey: .k)
      printedK = try read(.printedK, printedK)
      reduction = try read(.reduction, reduction)
      margin = try read(.margin, margin)
      featureWeight = try read(.featureWeight, featureWeight)
      features = try read(.features, features)
      centres = try read(.centres, centres)
      decay = try read(.decay, decay)
      centreShare = try read(.centreShare, centreShare)
      angle = try fields.decodeIfPresent(Double.self, forKey: .angle)
      angleShare = try read(.angleShare, angleShare)
      weight = try fields.decodeIfPresent(Schedule.self, forKey: .weight)
      learned = try fields.decodeIfPresent(Bool.self, forKey: .learned)
    }
  }
}

extension ModelLosses.Classifier {
  /// The rivals of a top-k loss.
  public var rivals: TopRivals {
    TopRivals(k.map { .fixed($0) } ?? (printedK ? .asPrinted : .adaptive), reduction: reduction)
  }

  /// The loss on logits with its constants; `nil` where features are looked at as well
  /// (``logitFeatureLoss()``).
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public func loss() throws(InversionError) -> ClassifierLoss? {
    switch kind {
    case .crossEntropy: .crossEntropy
    case .maxMargin: .maxMargin
    case .topK: .rivals(rivals)
    case .softplus: .boundedRivals(rivals, margin: margin)
    case .poincare: .poincare(try PoincareLoss())
    case .logitFeatures: nil
    }
  }

  /// The loss of `logitFeatures` with its constants.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public func logitFeatureLoss() throws(InversionError) -> LogitFeatureLoss {
    try LogitFeatureLoss(weight: featureWeight, reference: features)
  }

  /// The rule of the centres; `nil` without such.
  public var rule: FeatureCentres.Rule? {
    switch centres {
    case .none: nil
    case .fixed: .fixed
    case .moving: .moving(decay: decay)
    case .learned: .learned
    }
  }

  /// Checks all numbers.
  ///
  /// - Parameter section: what the recipe calls these settings.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  func validate(in section: String = "classifier") throws(InversionError) {
    if let k, k < 1 {
      throw .setting(name: "\(section).k", value: "\(k)", allowed: "at least 1")
    }
    guard !(k != nil && printedK) else {
      throw .setting(
        name: "\(section).printedK", value: "true", allowed: "left out where k is given")
    }
    guard margin.isFinite else {
      throw .setting(name: "\(section).margin", value: "\(margin)", allowed: "a finite number")
    }
    guard 0..<1 ~= decay else {
      throw .setting(name: "\(section).decay", value: "\(decay)", allowed: "at least 0 and below 1")
    }
    for (name, share) in [("centreShare", centreShare), ("angleShare", angleShare)] {
      guard share >= 0, share.isFinite else {
        throw .setting(name: "\(section).\(name)", value: "\(share)", allowed: "not negative")
      }
    }
    _ = try logitFeatureLoss()
    if let angle { _ = try AngularRivals(margin: angle) }
  }
}
