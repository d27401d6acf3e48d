import Diffusion
import Training

extension ModelRecipe {
  /// The prior of a target's classes: what it is, and how it learns on public images.
  ///
  /// First it learns all public images without classes, which no target has a say in; then what the target takes
  /// for its classes as well (Li et al., "Diff-MI", 2024).
  public struct TargetPriorSettings: Sendable, Codable, Equatable {
    /// The U-Net.
    public var network = UNetSettings()
    /// The width of the vectors of classes.
    public var vectors = 64
    /// The noise levels that are trained at.
    public var noise = NoiseDistribution()
    /// The standard deviation of the images in [-1, 1]; measured when `nil`.
    public var dataDeviation: Double?
    /// How many public images the target chooses for each class, n.
    public var chosen = 30
    /// The share of chosen images in a batch; the others are any public images, without a class.
    public var share = 0.5
    /// The probability with which a chosen image loses its class while training.
    public var dropout = 0.1
    /// How it learns public images.
    public var base = TrainerSettings()
    /// How it learns classes, from there.
    public var training = TrainerSettings()
    /// The seed of the first stage; equal stages are trained once.
    public var seed: UInt64 = 0

    init() {}

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
        try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
      }
      network = try read(.network, network)
      vectors = try read(.vectors, vectors)
      noise = try read(.noise, noise)
      dataDeviation = try fields.decodeIfPresent(Double.self, forKey: .dataDeviation)
      chosen = try read(.chosen, chosen)
      share = try read(.share, share)
      dropout = try read(.dropout, dropout)
      base = try read(.base, base)
      training = try read(.training, training)
      seed = try read(.seed, seed)
    }

    func validate() throws {
      try network.validate()
      try base.validate()
      try training.validate()
      for (name, value) in [("vectors", vectors), ("chosen", chosen)] where value < 1 {
        throw InversionError.setting(
          name: "prior.\(name)", value: "\(value)", allowed: "at least 1")
      }
      guard 0..<1 ~= dropout else {
        throw InversionError.setting(
          name: "prior.dropout", value: "\(dropout)", allowed: "at least 0 and below 1")
      }
      guard share > 0, share <= 1 else {
        throw InversionError.setting(
          name: "prior.share", value: "\(share)", allowed: "positive, at most 1")
      }
    }
  }

  /// How the prior is fine-tuned for the target: vectors of classes, the hidden layer they go through, and low-rank
  /// changes, by the five losses on images that it samples.
  public struct FineTuning: Sendable, Codable, Equatable {
    /// How images for the losses are made.
    public enum Images: String, Sendable, Codable, CaseIterable {
      /// By a few steps of sampling, through which gradients go.
      case samples
      /// By one denoising step of the public images with noise.
      case denoised
    }

    /// How images for the losses are made.
    public var images = Images.samples
    /// Steps of sampling for that.
    public var samplingSteps = 5
    /// The highest noise level of that.
    public var highest = 80.0
    /// How far the class is exaggerated for that.
    public var guidance = 2.0
    /// r of the low-rank changes.
    public var rank = 4
    /// α of the low-rank changes.
    public var alpha = 4.0
    /// How it goes.
    public var training = TrainerSettings()
    /// Whether there is any.
    public var isOn = true

    init() {}

    private enum CodingKeys: String, CodingKey {
      case images, samplingSteps, highest, guidance, rank, alpha, training
      case isOn = "enabled"
    }

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
        try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
      }
      images = try read(.images, images)
      samplingSteps = try read(.samplingSteps, samplingSteps)
      highest = try read(.highest, highest)
      guidance = try read(.guidance, guidance)
      rank = try read(.rank, rank)
      alpha = try read(.alpha, alpha)
      training = try read(.training, training)
      isOn = try read(.isOn, isOn)
    }

    func validate() throws {
      try training.validate()
      for (name, value) in [("samplingSteps", samplingSteps), ("rank", rank)] where value < 1 {
        throw InversionError.setting(
          name: "fineTuning.\(name)", value: "\(value)", allowed: "at least 1")
      }
      guard highest > 0.002, highest.isFinite else {
        throw InversionError.setting(
          name: "fineTuning.highest", value: "\(highest)", allowed: "above 0.002, finite")
      }
      guard (training.shards ?? 1) == 1 else {
        throw InversionError.setting(
          name: "fineTuning.training.shards", value: "\(training.shards ?? 1)",
          allowed: "1: low-rank changes take the places of weights while they run")
      }
    }
  }
}
