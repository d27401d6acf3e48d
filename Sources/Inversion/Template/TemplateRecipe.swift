import Diffusion
import Networks
import Training

/// An inversion of templates as data: what a recipe says.
public struct TemplateRecipe: Sendable, Codable, Equatable {
  /// Who is public, private, and between.
  public var data: Data
  /// The encoders in their roles.
  public var encoders: Encoders
  /// What is done to templates before they are stored; nothing when `nil`.
  public var protection: Protection?
  /// The summands beside the denoising error.
  public var loss: Loss
  /// The U-Net.
  public var network: UNetSettings
  /// The noise levels that are trained at.
  public var noise: NoiseDistribution
  /// The standard deviation of the images in [-1, 1]; measured when `nil`.
  public var dataDeviation: Double?
  /// The probability with which an image loses its template while training.
  public var dropout: Double
  /// How the prior is trained.
  public var training: TrainerSettings
  /// How templates are inverted with the finished prior.
  public var reconstruction: Reconstruction
  /// Who reads traits off portraits; nobody when `nil`.
  public var oracle: Oracle?
  /// Resamples of every bootstrap.
  public var resamples: Int
  /// Whether reports have pictures; of drawn people alone when `nil`.
  public var pictures: Bool?
  /// The seed of the attack.
  public var seed: UInt64
  /// Threads; all cores, at most 4, when `nil`.
  public var threads: Int?

  /// Reads a recipe; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    data = try fields.decode(Data.self, forKey: .data)
    encoders = try fields.decodeIfPresent(Encoders.self, forKey: .encoders) ?? .init()
    protection = try fields.decodeIfPresent(Protection.self, forKey: .protection)
    loss = try fields.decodeIfPresent(Loss.self, forKey: .loss) ?? .init()
    network = try fields.decodeIfPresent(UNetSettings.self, forKey: .network) ?? .init()
    noise = try fields.decodeIfPresent(NoiseDistribution.self, forKey: .noise) ?? .init()
    dataDeviation = try fields.decodeIfPresent(Double.self, forKey: .dataDeviation)
    dropout = try fields.decodeIfPresent(Double.self, forKey: .dropout) ?? 0.1
    training = try fields.decodeIfPresent(TrainerSettings.self, forKey: .training) ?? .init()
    reconstruction =
      try fields.decodeIfPresent(Reconstruction.self, forKey: .reconstruction) ?? .init()
    oracle = try fields.decodeIfPresent(Oracle.self, forKey: .oracle)
    resamples = try fields.decodeIfPresent(Int.self, forKey: .resamples) ?? 2000
    pictures = try fields.decodeIfPresent(Bool.self, forKey: .pictures)
    seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    threads = try fields.decodeIfPresent(Int.self, forKey: .threads)
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: ``InversionError``, `DiffusionError`, `TrainingError` and `ModelError` for the first setting
  ///   that cannot be.
  public func validate() throws {
    try network.validate()
    try training.validate()
    try encoders.validate()
    try data.validate()
    try loss.validate()
    try reconstruction.validate()
    for (name, count) in [
      ("reconstruction.count", reconstruction.count), ("resamples", resamples),
      ("threads", threads ?? 1), ("oracle.people", oracle?.people ?? 1),
    ] where count < 1 {
      throw InversionError.setting(name: name, value: "\(count)", allowed: "at least 1")
    }
    guard 0...1 ~= dropout else {
      throw InversionError.setting(name: "dropout", value: "\(dropout)", allowed: "from 0 to 1")
    }
    let ways = [reconstruction] + reconstruction.others.map(\.setting)
    guard encoders.attack == nil || ways.allSatisfy({ $0.concentration == 0 }) else {
      throw InversionError.setting(
        name: "reconstruction.concentration", value: "positive",
        allowed: """
          0, and reconstruction.concentrations empty, beside encoders.attack: in a black box there is no \
          gradient of the system
          """)
    }
    guard oracle == nil || data.isPortraits else {
      throw InversionError.setting(
        name: "oracle", value: "given", allowed: "left out for data other than portraits")
    }
  }
}
