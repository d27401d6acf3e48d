import Diffusion
import Networks
import Training

/// An inversion of a classifier as data: what a recipe says.
public struct ModelRecipe: Sendable, Codable, Equatable {
  /// Who is public, private, and between.
  public typealias Data = TemplateRecipe.Data
  /// Who reads traits off portraits.
  public typealias Oracle = TemplateRecipe.Oracle

  /// The people.
  public var data: Data
  /// Where public people are, beside a source that has private ones alone: a folder or an archive.
  public var publicSource: String?
  /// How many images of each private person are kept from the target, where the data have no test part; a
  /// third of them, rounded up, when `nil`.
  public var heldOut: Int?
  /// The audited classifier.
  public var target = ClassifierSettings()
  /// What judges: another network with the same classes.
  public var evaluator = ClassifierSettings()
  /// The encoders in their roles.
  public var encoders = Encoders()
  /// The prior of the classes.
  public var prior = TargetPriorSettings()
  /// The five losses.
  public var losses = ModelLosses()
  /// How the prior is fine-tuned for the target.
  public var fineTuning = FineTuning()
  /// How the prior is sampled.
  public var sampling = Sampling()
  /// How images are optimised.
  public var reconstruction = Reconstruction()
  /// How the noise of samples is searched.
  public var latent = Latent()
  /// How MI-Face goes.
  public var miFace = MIFaceSettings()
  /// Images of each class in every row.
  public var count = 5
  /// The rows that are made, by name; all when `nil`.
  public var rows: [String]?
  /// Who reads traits off portraits; nobody when `nil`.
  public var oracle: Oracle?
  /// Whether a fresh network learns from each row, whose accuracy on real images is the knowledge extraction score.
  public var extractsKnowledge = false
  /// Resamples of every bootstrap.
  public var resamples = 2000
  /// Whether reports have pictures; of drawn people alone when `nil`.
  public var pictures: Bool?
  /// The seed of target and attack.
  public var seed: UInt64 = 0
  /// Threads; all cores, at most 4, when `nil`.
  public var threads: Int?

  /// The defaults for some people.
  public init(data: Data) { self.data = data }

  /// Reads a recipe; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
      try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
    }
    self.init(data: try fields.decode(Data.self, forKey: .data))
    publicSource = try fields.decodeIfPresent(String.self, forKey: .publicSource)
    heldOut = try fields.decodeIfPresent(Int.self, forKey: .heldOut)
    target = try read(.target, target)
    evaluator = try read(.evaluator, evaluator)
    encoders = try read(.encoders, encoders)
    prior = try read(.prior, prior)
    losses = try read(.losses, losses)
    fineTuning = try read(.fineTuning, fineTuning)
    sampling = try read(.sampling, sampling)
    reconstruction = try read(.reconstruction, reconstruction)
    latent = try read(.latent, latent)
    miFace = try read(.miFace, miFace)
    count = try read(.count, count)
    rows = try fields.decodeIfPresent([String].self, forKey: .rows)
    oracle = try fields.decodeIfPresent(Oracle.self, forKey: .oracle)
    extractsKnowledge = try read(.extractsKnowledge, extractsKnowledge)
    resamples = try read(.resamples, resamples)
    pictures = try fields.decodeIfPresent(Bool.self, forKey: .pictures)
    seed = try read(.seed, seed)
    threads = try fields.decodeIfPresent(Int.self, forKey: .threads)
  }

  /// Whether a loss compares templates, so that the attack needs an encoder of people.
  package var comparesTemplates: Bool {
    losses.identity.isOn && fineTuning.isOn || reconstruction.identity > 0
  }

  /// Checks all that can be checked without data.
  ///
  /// - Throws: ``InversionError``, `DiffusionError`, `TrainingError` and `ModelError` for the first setting
  ///   that cannot be.
  public func validate() throws {
    try data.validate()
    for classifier in [target, evaluator] { try classifier.validate() }
    try encoders.validate()
    try prior.validate()
    try losses.validate()
    try fineTuning.validate()
    try sampling.validate()
    try reconstruction.validate()
    try latent.validate()
    for (name, value) in [
      ("count", count), ("resamples", resamples), ("threads", threads ?? 1),
      ("heldOut", heldOut ?? 1), ("miFace.iterations", miFace.iterations + 1),
      ("oracle.people", oracle?.people ?? 1),
    ] where value < 1 {
      throw InversionError.setting(name: name, value: "\(value)", allowed: "at least 1")
    }
    guard count <= prior.chosen else {
      throw InversionError.setting(
        name: "prior.chosen", value: "\(prior.chosen)",
        allowed: "at least count (\(count)), which look-alikes are taken from")
    }
    let names = ModelAttacks.all.map { $0.name }
    if let row = rows?.first(where: { !names.contains($0) }) {
      throw InversionError.setting(
        name: "rows", value: row, allowed: names.joined(separator: ", "))
    }
    guard publicSource == nil || !data.isPortraits else {
      throw InversionError.setting(
        name: "publicSource", value: publicSource ?? "",
        allowed: "left out for portraits, which have a pool of public people")
    }
    try validateImageLoss()
    guard oracle == nil || data.isPortraits else {
      throw InversionError.setting(
        name: "oracle", value: "given", allowed: "left out for data other than portraits")
    }
    guard target.path == nil || target.path != evaluator.path else {
      throw InversionError.sameModel(first: "target", second: "evaluator")
    }
  }

  /// The loss by which images are optimised.
  var imageLoss: ModelLosses.Classifier { reconstruction.classifier ?? losses.classifier }

  /// A loss that looks at features is one of fine-tuning alone.
  private func validateImageLoss() throws(InversionError) {
    guard imageLoss.kind == .logitFeatures,
      ModelAttacks.chosen(by: self).contains(where: { type(of: $0).usesImageLoss })
    else { return }
    throw .setting(
      name: reconstruction.classifier == nil
        ? "losses.classifier.kind" : "reconstruction.classifier.kind",
      value: "logitFeatures",
      allowed:
        "a loss of logits where images are optimised; give them one as reconstruction.classifier")
  }
}
