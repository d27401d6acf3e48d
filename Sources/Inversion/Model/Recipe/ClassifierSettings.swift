import Datasets
import Networks
import Training

/// Where a classifier of people comes from: a file, or training on private people.
public struct ClassifierSettings: Sendable, Codable, Equatable {
  /// The folder of a run of a training recipe, or a TorchScript file; trained here when `nil`.
  public var path: String?
  /// The name of the network.
  public var model = "small-cnn"
  /// Numbers that change it, such as `width`.
  public var options: [String: Double] = [:]
  /// By how many pixels images are shifted at most, at random; not at all when `nil`.
  public var shift: Int?
  /// Whether images are mirrored at random; not when `nil`.
  public var flip: Bool?
  /// How it is trained.
  public var training = TrainerSettings()
  /// What defends it against inversion; nothing when `nil`.
  public var defence: ModelDefence?
  /// The seed of weights and order. To the target's the run's seed is added, so that runs differ in the target;
  /// to the evaluator's it is not.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    path = try fields.decodeIfPresent(String.self, forKey: .path)
    model = try fields.decodeIfPresent(String.self, forKey: .model) ?? model
    options = try fields.decodeIfPresent([String: Double].self, forKey: .options) ?? options
    shift = try fields.decodeIfPresent(Int.self, forKey: .shift)
    flip = try fields.decodeIfPresent(Bool.self, forKey: .flip)
    training = try fields.decodeIfPresent(TrainerSettings.self, forKey: .training) ?? training
    defence = try fields.decodeIfPresent(ModelDefence.self, forKey: .defence)
    seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: `ModelError` for a network that is not known; `TrainingError` for settings of the training.
  public func validate() throws {
    try defence?.validate()
    guard path == nil else {
      guard defence?.changesTraining != true else {
        throw InversionError.setting(
          name: "defence", value: defence?.name ?? "",
          allowed: "rounding or truncation for a model that is trained already")
      }
      return
    }
    guard defence?.initial == nil else {
      throw InversionError.setting(
        name: "defence.initial", value: defence?.initial ?? "",
        allowed:
          "left out: layers are transferred from a network that is trained here on public people")
    }
    guard ModelRegistry.names.contains(model) else {
      throw ModelError.unknownModel(model, known: ModelRegistry.names)
    }
    try training.validate()
  }

  /// How it is trained, with its defence.
  ///
  /// - Parameter publicNetwork: where transferred layers come from: what ``withoutDefence`` learned of public
  ///   people.
  /// - Throws: `DatasetError` for an augmentation that cannot be, ``InversionError`` for a defence.
  public func networkTraining(publicNetwork: FrozenNetwork? = nil) throws -> NetworkTraining {
    let settings = self
    let plain = NetworkTraining(
      settings: training,
      augmentation: try TrainingRecipe.makeAugmentation(shift: shift, flip: flip)
    ) {
      shape, classes, generator in
      try ModelRegistry.model(
        settings.model, inputShape: shape, classCount: classes, options: settings.options,
        using: generator)
    }
    return try defence?.applied(to: plain, publicNetwork: publicNetwork) ?? plain
  }

  /// The same without a defence.
  public var withoutDefence: ClassifierSettings {
    var settings = self
    settings.defence = nil
    return settings
  }
}
