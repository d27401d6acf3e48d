import Datasets
import Networks
import Training

/// A question of who was a member as data: what a recipe says.
public struct MembershipRecipe: Sendable, Codable, Equatable {
  /// Whom the model learns from, and whom not.
  public struct Data: Sendable, Codable, Equatable {
    /// A path, or the name of a built-in set. Members and others are drawn from its training part, so that they
    /// are of one distribution.
    public var source: String
    /// The classes whose examples are used, numbered in this order; all when `nil`.
    public var classes: [String]?
    /// How many examples the model is trained on.
    public var members: Int
    /// How many others it is asked about; as many as members when `nil`.
    public var others: Int?
    /// The pixels of a side of the middle square that images in files are reduced to.
    public var side: Int?
    /// By how many pixels images are shifted at most, at random, while training.
    public var shift: Int?
    /// Whether images are mirrored at random while training.
    public var flip: Bool?
    /// What the draw of members and others, and a procedural set, depend on; 0 when `nil`.
    public var drawSeed: UInt64?
  }

  /// Whom the model learns from, and whom not.
  public var data: Data
  /// The audited network.
  public var model: TrainingRecipe.Model
  /// What it minimises.
  public var objective: [TrainingRecipe.TermEntry]
  /// How it is trained, and every shadow model as well.
  public var training: TrainerSettings
  /// What is tried.
  public var attacks: MembershipAttacks
  /// Resamples of every bootstrap.
  public var resamples: Int
  /// The seed of the audited network.
  public var seed: UInt64
  /// How many shadow models are trained at a time; results do not depend on it. All cores, at most 4, when
  /// `nil`.
  public var threads: Int?

  /// Reads a recipe; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    data = try fields.decode(Data.self, forKey: .data)
    model = try fields.decode(TrainingRecipe.Model.self, forKey: .model)
    objective =
      try fields.decodeIfPresent([TrainingRecipe.TermEntry].self, forKey: .objective)
      ?? [TrainingRecipe.TermEntry(term: "cross-entropy")]
    training = try fields.decodeIfPresent(TrainerSettings.self, forKey: .training) ?? .init()
    attacks = try fields.decodeIfPresent(MembershipAttacks.self, forKey: .attacks) ?? .init()
    resamples = try fields.decodeIfPresent(Int.self, forKey: .resamples) ?? 2000
    seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    threads = try fields.decodeIfPresent(Int.self, forKey: .threads)
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: ``InversionError``, `TrainingError` and `ModelError` for the first setting that cannot be.
  public func validate() throws {
    _ = try networkTraining()
    guard ModelRegistry.names.contains(model.name) else {
      throw ModelError.unknownModel(model.name, known: ModelRegistry.names)
    }
    try attacks.validate()
    if let path = training.initial {
      throw InversionError.setting(
        name: "training.initial", value: path,
        allowed: "left out: the network and its shadows start from random weights")
    }
    for (name, count) in [
      ("data.members", data.members), ("data.others", data.others ?? 2),
    ] where count < 2 {
      throw InversionError.setting(name: name, value: "\(count)", allowed: "at least 2")
    }
    for (name, count) in [("resamples", resamples), ("threads", threads ?? 1)] where count < 1 {
      throw InversionError.setting(name: name, value: "\(count)", allowed: "at least 1")
    }
  }

  /// How the audited network and its shadows are trained.
  ///
  /// - Throws: `TrainingError`, `DatasetError` for settings that cannot be.
  public func networkTraining() throws -> NetworkTraining {
    try NetworkTraining(
      of: model, objective: objective, settings: training,
      augmentation: TrainingRecipe.makeAugmentation(shift: data.shift, flip: data.flip))
  }
}
