import Datasets
import Diffusion
import Files
import Foundation
import Inversion
import Networks
import Torch
import Training

/// Where the networks of an audit of a classifier are kept, and what they are.
struct ModelShelf {
  /// A classifier's role.
  enum ClassifierRole: String { case target, evaluator }
  /// An encoder's role.
  enum EncoderRole: String { case attack, verification }

  /// Raised with every change after which equal settings train other weights.
  private static let format = 1
  private let inversion: ModelInversion
  private let shelf: Shelf
  private let encoders: EncoderShelf

  init(_ inversion: ModelInversion, _ shelf: Shelf) {
    self.inversion = inversion
    self.shelf = shelf
    encoders = EncoderShelf(
      images: inversion.data.publicImages, threads: inversion.threads, shelf: shelf)
  }

  private var recipe: ModelRecipe { inversion.recipe }

  /// All that may have to be trained.
  func items() throws -> [Shelf.Item] {
    var items = try [ClassifierRole.target, .evaluator].compactMap(classifierItem)
    items += try wantedEncoders.map { try encoders.item($0.settings, as: $0.role) }
    items.append(try baseItem())
    return items
  }

  private var wantedEncoders: [(role: String, settings: EncoderSettings)] {
    var wanted = recipe.encoders.perception.networks
    wanted.append(("verification", recipe.encoders.verification))
    if recipe.comparesTemplates { wanted.append(("attack", recipe.encoders.attack)) }
    return wanted.filter { $0.settings.path == nil }
  }

  // MARK: Classifiers

  private func settings(_ role: ClassifierRole) -> ClassifierSettings {
    var settings = role == .target ? recipe.target : recipe.evaluator
    // Runs differ in the target; they are judged by the same evaluator.
    if role == .target { settings.seed &+= recipe.seed }
    return settings
  }

  private func place(
    _ settings: ClassifierSettings, on data: Dataset
  ) throws -> (folder: URL, identity: String) {
    let text = try CanonicalJSON.text(of: settings)
    let identity = "\(text) \(inversion.threads) \(try data.fingerprint()) \(Audit.version)"
    return (try folder("classifiers", identity), identity)
  }

  private func item(
    _ settings: ClassifierSettings, _ role: String, on data: Dataset,
    from publicNetwork: FrozenNetwork? = nil
  ) throws -> Shelf.Item {
    let training = try settings.networkTraining(publicNetwork: publicNetwork)
    let place = try place(settings, on: data)
    return Shelf.Item(
      role: role, what: settings.model, folder: place.folder,
      isFinished: { try training.isFinished(place.identity, in: place.folder) },
      make: { [shelf] progress in
        try training.trained(
          on: data, seed: settings.seed, in: place.folder, identity: place.identity,
          isStopRequested: shelf.isStopRequested, progress: progress) != nil
      })
  }

  /// A network of public people, where layers of the target come from; `nil` where none do.
  private func publicSettings() -> ClassifierSettings? {
    let target = settings(.target)
    guard target.path == nil, target.defence?.kind == .transfer else { return nil }
    return target.withoutDefence
  }

  /// What has to be there before the target is trained.
  func firstItems() throws -> [Shelf.Item] {
    try publicSettings().map {
      [try item($0, "network of public people", on: inversion.data.publicImages)]
    } ?? []
  }

  private func publicNetwork() throws -> FrozenNetwork? {
    try publicSettings().flatMap { try network($0, on: inversion.data.publicImages) }
  }

  /// A network from the shelf, or with random weights where nothing is kept.
  private func network(
    _ settings: ClassifierSettings, on data: Dataset, from publicNetwork: FrozenNetwork? = nil
  ) throws -> FrozenNetwork? {
    let training = try settings.networkTraining(publicNetwork: publicNetwork)
    guard shelf.voice != nil else { return try training.drawn(for: data, seed: settings.seed) }
    let place = try place(settings, on: data)
    return try training.trained(
      on: data, seed: settings.seed, in: place.folder, identity: place.identity,
      isStopRequested: shelf.isStopRequested)
  }

  private func classifierItem(_ role: ClassifierRole) throws -> Shelf.Item? {
    let settings = settings(role)
    guard settings.path == nil else { return nil }
    return try item(
      settings, role.rawValue, on: inversion.data.training,
      from: role == .target ? publicNetwork() : nil)
  }

  /// A classifier with its defence, read from a file or from the shelf.
  func classifier(_ role: ClassifierRole) throws -> (any Classifier)? {
    let settings = settings(role)
    let data = inversion.data.training
    func defended(_ classifier: any Classifier) throws -> any Classifier {
      try settings.defence?.wrapped(classifier, seed: recipe.seed) ?? classifier
    }
    if let path = settings.path {
      return try defended(ClassifierFile(path, role: role.rawValue).classifier(for: data))
    }
    return try network(settings, on: data, from: role == .target ? publicNetwork() : nil)
      .map(defended)
  }

  /// A classifier as what judges, with its features.
  func evaluator(_ classifier: any Classifier) throws -> Evaluator {
    let box = WhiteBox(classifier, name: "evaluator")
    return Evaluator(name: "evaluator", classifier: classifier) {
      try box.answers(to: $0).features
    }
  }

  // MARK: Encoders

  /// An encoder in a role.
  func encoder(_ role: EncoderRole) throws -> (any TemplateEncoder)? {
    let settings = role == .attack ? recipe.encoders.attack : recipe.encoders.verification
    return try encoders.template(settings, as: role.rawValue)
  }

  /// What losses compare images by, and what they are measured by.
  func distances() throws -> (loss: PerceptualDistance, judge: PerceptualDistance)? {
    try recipe.encoders.perception.distances(on: encoders)
  }

  // MARK: Readers and prior

  /// What reads circumstances of drawn people.
  func reader() throws -> AttributeReader {
    guard let wanted = recipe.oracle else {
      throw InversionError.missingPart(loss: "perception.attributes", part: "oracle")
    }
    return try wanted.circumstances(beside: recipe.data, file: file("circumstances"))
  }

  /// The file of a reader on the shelf, whose folder is made; `nil` where nothing is kept.
  func file(_ name: String) throws -> URL? {
    guard let oracle = recipe.oracle, shelf.voice != nil else { return nil }
    let options = recipe.data.portraits ?? .init()
    let text =
      try CanonicalJSON.text(of: oracle)
      + " \(options.size ?? 32) \(options.color ?? false) \(recipe.data.drawSeed ?? 0) "
      + "\(inversion.threads) \(Audit.version)"
    let folder = try folder("readers", text)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appending(path: "\(name).safetensors")
  }

  private func basePrior() throws -> BasePrior {
    try BasePrior(
      recipe, on: inversion.data.publicImages,
      threads: inversion.threads(recipe.prior.base), workers: inversion.threads,
      version: Audit.version)
  }

  private func baseItem() throws -> Shelf.Item {
    let stage = try basePrior()
    let folder = try folder("priors", stage.identity)
    return Shelf.Item(
      role: "prior of public images", what: "\(recipe.prior.network.width) channels",
      folder: folder, isFinished: { stage.isFinished(in: folder) },
      make: { [shelf, inversion] progress in
        inversion.takeThreads(inversion.recipe.prior.base)
        defer { IntraOperatorThreads.set(inversion.threads) }
        return try stage.trained(
          in: folder, isStopRequested: shelf.isStopRequested, progress: progress) != nil
      })
  }

  /// The first stage of the prior.
  func base() throws -> DenoisingNetwork? {
    let stage = try basePrior()
    guard shelf.voice != nil else { return try stage.drawn() }
    return try stage.trained(in: folder("priors", stage.identity))
  }

  /// Teaches a denoiser the target's classes, or reads one that learned them; whether all was done.
  ///
  /// - Parameter network: what knows public images.
  func learnClasses(
    _ network: DenoisingNetwork, _ known: TargetPrior, of target: any Classifier
  ) throws -> Bool {
    let identity = try inversion.priorIdentity(target)
    let folder = try folder("class-priors", identity)
    let weights = folder.appending(path: "prior.safetensors")
    let item = Shelf.Item(
      role: "prior of the target's people",
      what: "\(recipe.prior.chosen) public images for each", folder: folder,
      isFinished: { FileManager.default.fileExists(atPath: weights.path) },
      make: { [shelf, inversion] progress in
        inversion.takeThreads(inversion.recipe.prior.training)
        defer { inversion.takeThreads() }
        let trainer = try known.trainer(
          of: network, in: folder, identity: identity, isStopRequested: shelf.isStopRequested)
        return try trainer.run(savingTo: weights) { progress($0.step, $0.totalSteps) }
          != .interrupted
      })
    guard shelf.voice != nil else { return true }
    guard try shelf.prepare([item]) else { return false }
    try network.load(contentsOf: weights)
    return true
  }

  private func folder(_ kind: String, _ identity: String) throws -> URL {
    let digest = try Digest.hexadecimal(.sha256, of: Array(identity.utf8))
    return shelf.cache.appending(path: "\(kind)/\(Audit.version)-\(Self.format)")
      .appending(path: String(digest.prefix(24)))
  }
}
