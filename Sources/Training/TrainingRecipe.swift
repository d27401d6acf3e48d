import Datasets
import Foundation
import Networks
import Perturbations
import Torch

/// A training run as data: what a recipe says.
public struct TrainingRecipe: Sendable, Codable, Equatable {
  /// The data.
  public struct Data: Sendable, Codable, Equatable {
    /// A path, or the name of a procedural set such as `glyphs`.
    public var source: String
    /// How lines of text become tokens, where the data is text.
    public var text: TextOptions?
    /// Who is drawn and how, where the data are portraits.
    public var portraits: PortraitOptions?
    /// How many classes, the last ones, nothing is learned from; none when `nil`. Measures can be made on
    /// their test examples, or on all of theirs where the data is not divided into parts: how well an
    /// encoder tells people apart whom it has never seen.
    public var strangers: Int?
    /// The classes whose examples are used, numbered in this order; all when `nil`.
    public var classes: [String]?
    /// How many training examples are used, all when `nil`.
    public var train: Int?
    /// How many training examples are set apart, class by class, to judge by while training: for
    /// early stopping and for choosing settings. The test examples are judged by when `nil`.
    public var validation: Int?
    /// How many training examples keep their label, as many of every class, or drawn at random where each
    /// can have several; the others, and these, are the unlabelled examples. All, and no unlabelled ones,
    /// when `nil`.
    public var labels: Int?
    /// What the choice of labels depends on; 0 when `nil`. It is not the run's seed: runs differ in
    /// what is learned from the same labels.
    public var labelSeed: UInt64?
    /// How many unlabelled examples are used, all when `nil`.
    public var unlabelled: Int?
    /// How many test examples are used, all when `nil`. Of data that is not divided into parts as many
    /// are set apart, class by class, one in five when `nil`.
    public var test: Int?
    /// Whether a procedural set is drawn anew for every seed of the run; always the same when `nil`.
    public var redraw: Bool?
    /// What a procedural set, and the division of texts, is drawn from; 0 when `nil`. With ``redraw``
    /// the run's seed is added.
    public var drawSeed: UInt64?
    /// How features are scaled: rows for graphs and not at all otherwise when `nil`.
    public var scaling: FeatureScaling?
    /// The pixels of a side of the middle square that images in files of their own are reduced to; as they are
    /// when `nil`.
    public var side: Int?
    /// By how many pixels images are shifted at most, at random, while training.
    public var shift: Int?
    /// Whether images are mirrored at random while training.
    public var flip: Bool?

    /// What the data of a run with some seed is drawn from.
    public func drawnFrom(seed: UInt64) -> UInt64 {
      redraw == true ? (drawSeed ?? 0) &+ seed : drawSeed ?? 0
    }
  }

  /// The network.
  public struct Model: Sendable, Codable, Equatable {
    /// Its name.
    public var name: String
    /// Numbers that change it, such as `width`.
    public var options: [String: Double]?

    /// A network by its name.
    public init(name: String, options: [String: Double]? = nil) {
      self.name = name
      self.options = options
    }
  }

  /// One summand of the objective.
  public struct TermEntry: Sendable, Codable, Equatable {
    /// Its name.
    public var term: String
    /// Its weight or its schedule; 1 when `nil`.
    public var weight: Schedule?
    /// Whether the weight is learned.
    public var learned: Bool?
    /// Numbers, words and truth values that change it.
    public var options: [String: SettingValue]?

    /// A term by its name.
    public init(
      term: String, weight: Schedule? = nil, learned: Bool? = nil,
      options: [String: SettingValue]? = nil
    ) {
      self.term = term
      self.weight = weight
      self.learned = learned
      self.options = options
    }
  }

  /// An attack on the finished model.
  public struct AttackEntry: Sendable, Codable, Equatable {
    /// Its name, such as `pgd`.
    public var attack: String
    /// The norm of the ball.
    public var norm: String
    /// The radius, in the data's units.
    public var radius: Double
    /// The gradient steps of attacks that have such; their own number when `nil`.
    public var steps: Int?
    /// How often attacks start that start several times; as often as they do when `nil`.
    public var restarts: Int?
    /// How many words `hotflip` may exchange; 3 when `nil`.
    public var flips: Int?
    /// What the radius of `embedding-pgd` bounds: all vectors of a text together (`sequence`, when
    /// `nil`) or each (`token`).
    public var scope: EmbeddingGradient.Scope?
    /// Any other setting of the attack, by its name.
    public var options: [String: SettingValue]?
    /// How many test examples are attacked, from the first on.
    public var count: Int

    /// Reads an entry; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      attack = try fields.decodeIfPresent(String.self, forKey: .attack) ?? "pgd"
      norm = try fields.decodeIfPresent(String.self, forKey: .norm) ?? "linf"
      flips = try fields.decodeIfPresent(Int.self, forKey: .flips)
      scope = try fields.decodeIfPresent(EmbeddingGradient.Scope.self, forKey: .scope)
      options = try fields.decodeIfPresent([String: SettingValue].self, forKey: .options)
      // Exchanged words are counted, not measured.
      let radius = try fields.decodeIfPresent(Double.self, forKey: .radius)
      self.radius =
        attack == HotFlip().name ? 0 : try radius ?? fields.decode(Double.self, forKey: .radius)
      steps = try fields.decodeIfPresent(Int.self, forKey: .steps)
      restarts = try fields.decodeIfPresent(Int.self, forKey: .restarts)
      count = try fields.decodeIfPresent(Int.self, forKey: .count) ?? 1000
    }

    /// The attack.
    ///
    /// - Throws: `PerturbationError` for a name that is not known and settings that the attack does not
    ///   have or allow.
    public func makeAttack(stopsEarly: Bool = true) throws -> any Attack {
      var attack = try Attacks.named(attack)
      let named: [(String, String?)] = [
        ("steps", steps.map(String.init)), ("restarts", restarts.map(String.init)),
        ("flips", flips.map(String.init)), ("scope", scope?.rawValue),
      ]
      let others = (options ?? [:]).sorted { $0.key < $1.key }.map {
        ($0.key, $0.value.description)
      }
      for case (let option, let value?) in named + others {
        attack = try attack.setting(option, to: value)
      }
      guard !stopsEarly, attack.optionNames.contains("stopsEarly") else { return attack }
      return try attack.setting("stopsEarly", to: "false")
    }

    /// The ball, within the limits of the data.
    ///
    /// - Throws: `PerturbationError` for an unknown norm or a radius that cannot be.
    public func makeBall(box: ClosedRange<Double>?) throws -> Ball {
      try Ball(Norms.named(norm), radius: radius, box: box)
    }
  }

  /// The data.
  public var data: Data
  /// The network.
  public var model: Model
  /// The summands.
  public var objective: [TermEntry]
  /// How the run goes.
  public var training: TrainerSettings
  /// The attacks on the finished model.
  public var evaluation: [AttackEntry]
  /// What else is measured on the finished model.
  public var measures: [MeasureEntry]
  /// The seed of the run.
  public var seed: UInt64
  /// Threads inside one operator; bit-for-bit equality needs the same number. All cores, at most 4,
  /// when `nil`.
  public var threads: Int?

  /// Reads a recipe; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    data = try fields.decode(Data.self, forKey: .data)
    model = try fields.decode(Model.self, forKey: .model)
    objective =
      try fields.decodeIfPresent([TermEntry].self, forKey: .objective)
      ?? [TermEntry(term: "cross-entropy")]
    training = try fields.decodeIfPresent(TrainerSettings.self, forKey: .training) ?? .init()
    evaluation = try fields.decodeIfPresent([AttackEntry].self, forKey: .evaluation) ?? []
    measures = try fields.decodeIfPresent([MeasureEntry].self, forKey: .measures) ?? []
    seed = try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
    threads = try fields.decodeIfPresent(Int.self, forKey: .threads)
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: ``TrainingError`` and `PerturbationError` for what cannot be.
  public func validate() throws {
    try training.validate()
    try data.text?.validate()
    try data.portraits?.validate(source: data.source)
    _ = try makeObjective()
    for (name, count) in [
      ("train", data.train), ("validation", data.validation), ("test", data.test),
      ("labels", data.labels), ("strangers", data.strangers), ("threads", threads),
    ] {
      if let count, count < 1 {
        throw TrainingError.setting(name: name, value: "\(count)", allowed: "at least 1")
      }
    }
    if let count = data.unlabelled, count < 1 || data.labels == nil {
      throw TrainingError.setting(
        name: "data.unlabelled", value: "\(count)", allowed: "at least 1, and beside data.labels")
    }
    try validateMeasures()
    for entry in evaluation {
      try entry.makeAttack().validate(for: entry.makeBall(box: nil))
      guard entry.count >= 1 else {
        throw TrainingError.setting(
          name: "evaluation.count", value: "\(entry.count)", allowed: "at least 1")
      }
    }
  }

  /// The objective that the recipe describes.
  ///
  /// - Throws: ``TrainingError`` for unknown terms, options and weights that cannot be.
  public func makeObjective() throws(TrainingError) -> Objective {
    try Self.makeObjective(of: objective)
  }

  /// The sum of some terms.
  ///
  /// - Throws: ``TrainingError`` for unknown terms, options and weights that cannot be.
  public static func makeObjective(of entries: [TermEntry]) throws(TrainingError) -> Objective {
    guard !entries.isEmpty else {
      throw .setting(name: "objective", value: "empty", allowed: "at least one term")
    }
    var terms: [Objective.WeightedTerm] = []
    for entry in entries {
      let term = try TermRegistry.term(entry.term, options: entry.options ?? [:])
      try entry.weight?.validate(of: entry.term)
      terms.append(
        entry.learned == true
          ? try term.learnedWeight() : term.weighted(entry.weight ?? .constant(1)))
    }
    let names = terms.map(\.term.name)
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw .setting(name: "objective", value: "\(twice) twice", allowed: "each term once")
    }
    return try Objective(terms)
  }

  /// The augmentation that the recipe describes.
  public func makeAugmentation() throws -> Augmentation? {
    try Self.makeAugmentation(shift: data.shift, flip: data.flip)
  }

  /// The augmentation that shifts and mirrors images; `nil` where neither is wanted.
  ///
  /// - Parameter shift: by how many pixels at most.
  public static func makeAugmentation(shift: Int?, flip: Bool?) throws -> Augmentation? {
    var steps: [Augmentation.Step] = []
    if let shift, shift != 0 { steps.append(.shift(pixels: shift, padding: .zero)) }
    if flip == true { steps.append(.flip(probability: 0.5)) }
    return steps.isEmpty ? nil : try Augmentation(steps)
  }
}
