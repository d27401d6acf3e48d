import Training

extension TemplateRecipe {
  /// The summands beside the denoising error: `λ(step) g(σ) L_feat + λ_perc g(σ) L_perc`.
  public struct Loss: Sendable, Codable, Equatable {
    /// How far templates are from one another.
    public enum Feature: String, Sendable, Codable, CaseIterable {
      /// The squared distance.
      case l2
      /// One less the cosine.
      case cosine
      /// Near the target and far from others.
      case infonce
    }

    /// Which templates of others a contrastive loss is to be far from.
    public enum Others: String, Sendable, Codable, CaseIterable {
      /// Those of the batch.
      case batch
      /// Those of the batch and the last ones of a queue.
      case queue
      /// The most alike ones of both.
      case hard
    }

    /// How much each noise level counts.
    public enum Gate: String, Sendable, Codable, CaseIterable {
      /// All alike.
      case open
      /// The share of the image in what the network sees.
      case share
      /// Those below a level.
      case below
    }

    /// The distance of templates.
    public var feature = Feature.l2
    /// τ of the contrastive loss.
    public var temperature = 0.07
    /// Its negatives.
    public var negatives = Others.batch
    /// How many templates the queue holds.
    public var queue = 1024
    /// How many of the most alike ones count.
    public var hardest = 16
    /// λ over the run.
    public var weight = Schedule.linear(to: 0.5, over: 0.4)
    /// g over noise levels.
    public var gate = Gate.share
    /// The level of the gate `below`.
    public var gateLevel = 1.0
    /// λ_perc over the run; no such summand when `nil`.
    public var perceptual: Schedule?

    init() {}

    /// Reads a loss; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
        try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
      }
      feature = try read(.feature, feature)
      temperature = try read(.temperature, temperature)
      negatives = try read(.negatives, negatives)
      queue = try read(.queue, queue)
      hardest = try read(.hardest, hardest)
      weight = try read(.weight, weight)
      gate = try read(.gate, gate)
      gateLevel = try read(.gateLevel, gateLevel)
      perceptual = try fields.decodeIfPresent(Schedule.self, forKey: .perceptual)
    }

    func validate() throws {
      _ = try featureLoss()
      try weight.validate(of: "loss")
      try perceptual?.validate(of: "loss.perceptual")
      guard queue >= 1 else {
        throw InversionError.setting(name: "loss.queue", value: "\(queue)", allowed: "at least 1")
      }
      guard gateLevel > 0 else {
        throw InversionError.setting(
          name: "loss.gateLevel", value: "\(gateLevel)", allowed: "positive")
      }
    }

    /// The distance with its constants.
    ///
    /// - Throws: ``InversionError/setting(name:value:allowed:)``.
    public func featureLoss() throws(InversionError) -> FeatureLoss {
      switch feature {
      case .l2: .squaredDistance
      case .cosine: .cosine
      case .infonce:
        .contrastive(
          try InfoNCE(temperature: temperature, hardest: negatives == .hard ? hardest : nil))
      }
    }

    /// Where negatives come from.
    public var source: TemplateMatching.Source {
      feature == .infonce && negatives != .batch ? .queue(capacity: queue) : .batch
    }

    /// The gate for data of some deviation.
    public func noiseGate(dataDeviation: Double) -> NoiseGate {
      switch gate {
      case .open: .open
      case .share: .share(dataDeviation: dataDeviation)
      case .below: .below(gateLevel)
      }
    }
  }
}
