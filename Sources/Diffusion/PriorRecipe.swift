import Foundation
import Networks
import Training

/// The training of a prior as data: what a recipe says.
public struct PriorRecipe: Sendable, Codable, Equatable {
  /// The data.
  public struct Data: Sendable, Codable, Equatable {
    /// A path, or the name of a procedural set.
    public var source: String
    /// The classes whose images are used, numbered in this order; all when `nil`.
    public var classes: [String]?
    /// How many training images are used; all when `nil`.
    public var train: Int?
    /// How many test images the loss is measured on; all when `nil`.
    public var test: Int?
    /// What a procedural set is drawn from; 0 when `nil`.
    public var drawSeed: UInt64?
  }

  /// What images are conditioned on.
  public struct Conditions: Sendable, Codable, Equatable {
    /// Whether images are conditioned on their class.
    public var classes = true
    /// The width of learned vectors of classes; unit vectors when `nil`.
    public var vectors: Int?
    /// An encoder by whose templates images are conditioned, in place of their classes: the folder of a run
    /// of an encoder's recipe, or a TorchScript file.
    public var templates: String?
    /// The probability with which an image loses its condition.
    public var dropout = 0.1

    init() {}

    /// Whether images are conditioned on classes, and not on templates or nothing.
    public var areClasses: Bool { classes && templates == nil }

    /// Reads conditions; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      classes = try fields.decodeIfPresent(Bool.self, forKey: .classes) ?? classes
      vectors = try fields.decodeIfPresent(Int.self, forKey: .vectors)
      templates = try fields.decodeIfPresent(String.self, forKey: .templates)
      dropout = try fields.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
    }
  }

  /// What is sampled from the finished prior.
  public struct Samples: Sendable, Codable, Equatable {
    /// Images of every class, or in all where there are no classes.
    public var count = 100
    /// How far conditions are exaggerated; 1 takes them as they are.
    public var guidance = 1.0
    /// The sampler.
    public var sampler = Sampler()
    /// Other strengths of guidance that are judged as well.
    public var guidances: [Double] = []
    /// Other numbers of steps that are judged as well.
    public var steps: [Int] = []

    /// The defaults.
    public init() {}

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      count = try fields.decodeIfPresent(Int.self, forKey: .count) ?? count
      guidance = try fields.decodeIfPresent(Double.self, forKey: .guidance) ?? guidance
      sampler = try fields.decodeIfPresent(Sampler.self, forKey: .sampler) ?? sampler
      guidances = try fields.decodeIfPresent([Double].self, forKey: .guidances) ?? guidances
      steps = try fields.decodeIfPresent([Int].self, forKey: .steps) ?? steps
    }
  }

  /// A classifier of real images that judges whether samples show their class.
  public struct Judge: Sendable, Codable, Equatable {
    /// The network and its options.
    public var model: TrainingRecipe.Model
    /// How it is trained.
    public var training: TrainerSettings

    /// Reads a judge; the training has defaults.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      model = try fields.decode(TrainingRecipe.Model.self, forKey: .model)
      training = try fields.decodeIfPresent(TrainerSettings.self, forKey: .training) ?? .init()
    }
  }

  /// The data.
  public var data: Data
  /// The network.
  public var network: UNetSettings
  /// What images are conditioned on.
  public var conditions: Conditions
  /// The noise levels that are trained at.
  public var noise: NoiseDistribution
  /// The standard deviation of the images in [-1, 1]; measured when `nil`.
  public var dataDeviation: Double?
  /// How the run goes.
  public var training: TrainerSettings
  /// What is sampled.
  public var samples: Samples
  /// Who judges samples; nobody when `nil`.
  public var judge: Judge?
  /// The seed of the run.
  public var seed: UInt64
  /// Threads; all cores, at most 4, when `nil`.
  public var threads: Int?

  /// Reads a recipe; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    data = try fields.decode(Data.self, forKey: .data)
    network = try fields.decodeIfPresent(UNetSettings.self, forKey: .network) ?? .init()
    conditions = try fields.decodeIfPresent(Conditions.self, forKey: .conditions) ?? .init()
    noise = try fields.decodeIfPresent(NoiseDistribution.self, forKey: .noise) ?? .init()
    dataDeviation = try fields.decodeIfPresent(Double.self, forKey: .dataDeviation)
    training = try fields.decodeIfPresent(TrainerSettings.self, forKey: .training) ?? .init()
    samples = try fields.decodeIfPresent(Samples.self, forKey: .samples) ?? .init()
    judge = try fields.decodeIfPresent(Judge.self, forKey: .judge)
    seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    threads = try fields.decodeIfPresent(Int.self, forKey: .threads)
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: ``DiffusionError`` and `TrainingError` for the first setting that cannot be.
  public func validate() throws {
    try network.validate()
    try training.validate()
    try judge?.training.validate()
    try samples.sampler.validate()
    try draw.validate()
    for (name, count) in [
      ("data.train", data.train), ("data.test", data.test), ("samples.count", samples.count),
      ("threads", threads), ("conditions.vectors", conditions.vectors),
    ] {
      try DiffusionError.require((count ?? 1) >= 1, name, count ?? 1, "at least 1")
    }
    for guidance in [samples.guidance] + samples.guidances {
      try DiffusionError.require(
        0...1000 ~= guidance, "samples.guidance", guidance, "from 0 to 1000")
    }
    for steps in samples.steps {
      try DiffusionError.require(1...100_000 ~= steps, "samples.steps", steps, "at least 1")
    }
    let isGrid = !samples.guidances.isEmpty || !samples.steps.isEmpty
    try DiffusionError.require(
      !isGrid || judge != nil, "samples", "a grid", "one setting where there is no judge")
    try DiffusionError.require(
      judge == nil || conditions.areClasses, "judge", "given", "left out without classes")
    try DiffusionError.require(
      conditions.vectors == nil || conditions.areClasses, "conditions.vectors",
      conditions.vectors ?? 0, "left out where nothing is learned of classes")
    if let deviation = dataDeviation {
      try DiffusionError.require(
        deviation > 0 && deviation.isFinite, "dataDeviation", deviation, "positive and finite")
    }
  }

  /// How images get noise and conditions while training; templates are to be put in as its source.
  public var draw: NoiseDraw {
    var draw = NoiseDraw()
    draw.levels = noise
    draw.source = conditions.areClasses ? .classes : .none
    let hasConditions = conditions.classes || conditions.templates != nil
    draw.labelDropout = hasConditions ? conditions.dropout : 0
    return draw
  }
}
