import Datasets
import Diffusion
import Foundation
import Networks
import Torch
import Training

/// What an attacker prepares for a target: which public images it takes for its classes, a prior that learns them,
/// and the same prior fine-tuned.
public struct TargetPrior {
  private let recipe: ModelRecipe
  private let images: Dataset
  private let target: CountedClassifier
  private let model: TargetModel
  private let context: Context
  private let description: Prior.Description
  /// For each class the places of the public images that the target takes for it most readily, best first.
  public let lookAlikes: [[Int]]
  /// The mean of the target's features over the look-alikes of each class, `[C, D]`.
  public let centres: FeatureCentres

  /// Asks the target about all public images.
  ///
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for too few public images; what the target throws.
  public init(
    _ recipe: ModelRecipe, of target: CountedClassifier, images: Dataset, context: Context
  ) throws {
    self.recipe = recipe
    self.images = images
    self.target = target
    self.context = context
    model = target.model
    description = try Self.description(recipe, images, classes: target.classCount)
    let all = TemplateData.images(of: images)
    let chosen = try ClassImages.lookAlikePlaces(
      of: Array(0..<target.classCount), among: all, by: target, count: recipe.prior.chosen)
    let places = Set(chosen.flatMap(\.self)).sorted()
    let order = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
    let features = try target.features(of: all.selecting(rows: places))
    centres = try FeatureCentres(
      of: features.selecting(rows: chosen.flatMap { $0.compactMap { order[$0] } }),
      classes: chosen.indices.flatMap { Array(repeating: $0, count: chosen[$0].count) },
      count: target.classCount, rule: recipe.losses.classifier.rule ?? .fixed)
    lookAlikes = chosen
  }

  static func description(
    _ recipe: ModelRecipe, _ images: Dataset, classes: Int?
  ) throws -> Prior.Description {
    Prior.Description(
      network: recipe.prior.network, imageShape: images.inputShape, classes: classes,
      vectors: recipe.prior.vectors,
      dataDeviation: try recipe.prior.dataDeviation ?? Prior.deviation(of: images))
  }

  // MARK: Learning classes

  /// A denoiser that knows public images, and classes not yet.
  ///
  /// - Parameter base: what learned public images without classes (``BasePrior``).
  public func network(from base: DenoisingNetwork) throws -> DenoisingNetwork {
    let network = try description.makeNetwork(
      using: Generator(seed: context.seed, purpose: "weights"))
    try network.model.load(base.model.state())
    return network
  }

  /// What teaches a denoiser the target's classes: in every batch chosen images with their class, and any public
  /// images without.
  ///
  /// - Throws: `TrainingError`.
  public func trainer(
    of network: DenoisingNetwork, in folder: URL, identity: String,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws -> Trainer {
    var draw = NoiseDraw()
    draw.levels = recipe.prior.noise
    draw.labelDropout = recipe.prior.dropout
    draw.source = .knownClasses(below: target.classCount)
    let term = try Denoising(draw)
    return try Trainer(
      model: network, objective: Objective([term.weighted(1)]), training: try mixture(),
      evaluation: nil, settings: recipe.prior.training, context: context, folder: folder,
      identity: identity, isStopRequested: isStopRequested)
  }

  /// The chosen images with their classes, as often as their share asks for, and all public images with a label
  /// that is no class.
  private func mixture() throws -> Dataset {
    let chosen = try chosen()
    let share = min(recipe.prior.share, 0.999)
    let repeats = max(
      1, Int((share / (1 - share) * Double(images.count) / Double(chosen.count)).rounded()))
    let places = Array(0..<chosen.count)
    let some = chosen.batch((0..<repeats).flatMap { _ in places })
    let rest = TemplateData.images(of: images)
    let none = Tensor.full([rest.size(0)], Double(target.classCount), dtype: .int64)
    return try Dataset(
      name: "\(images.name), chosen by the target",
      inputs: .concatenated([some.inputs, rest]), labels: .concatenated([some.labels, none]),
      classNames: chosen.classNames + ["any"], range: images.range, part: .train)
  }

  /// The public images that the target takes for its classes, with these as labels.
  func chosen() throws -> Dataset {
    let places = lookAlikes.flatMap(\.self)
    return try Dataset(
      name: "look-alikes in \(images.name)",
      inputs: TemplateData.images(of: images).selecting(rows: places),
      labels: Tensor(
        lookAlikes.indices.flatMap { Array(repeating: $0, count: lookAlikes[$0].count) }),
      classNames: lookAlikes.indices.map { "class \($0)" }, range: images.range, part: .train)
  }

  /// The prior of a denoiser that has learned classes.
  public func prior(_ network: any DenoisingModel) -> Prior {
    Prior(network, description: description)
  }

  // MARK: Fine-tuning

  /// What is computed in losses beside target and prior; each where a loss asks for it.
  public struct Knowledge {
    /// What is known of the people.
    public var people: IdentityTargets?
    /// The attack's encoder.
    public var encoder: (any TemplateEncoder)?
    /// What reads attributes.
    public var reader: AttributeReader?
    /// The layered distance.
    public var distance: PerceptualDistance?

    /// Nothing.
    public init() {}
  }

  /// A denoiser of which vectors of classes, their hidden layer and low-rank changes are trained. Vectors begin at
  /// length 1, which changes nothing of what it says.
  ///
  /// - Parameter network: a copy of its own of one that has learned classes; fine-tuning changes it.
  public func adapted(_ network: DenoisingNetwork) throws -> AdaptedNetwork {
    if let vectors = network.classes {
      vectors.$weight.replace(with: vectors.weight.detached().unitRows())
    }
    let adapters = try LowRankAdapters(
      of: network, named: network.layersToAdapt, rank: recipe.fineTuning.rank,
      alpha: recipe.fineTuning.alpha,
      using: Generator(seed: context.seed, purpose: "adapters"))
    return AdaptedNetwork(network, adapters: adapters, training: network.conditionParts)
  }

  /// What fine-tunes a denoiser by the five losses.
  ///
  /// - Throws: ``InversionError/missingPart(loss:part:)`` where a loss has nothing to be computed with;
  ///   `TrainingError`.
  public func fineTuner(
    of network: AdaptedNetwork, with knowledge: Knowledge, in folder: URL, identity: String,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws -> Trainer {
    var draw = NoiseDraw()
    draw.name = "fine-tuning"
    draw.levels = recipe.prior.noise
    draw.labelDropout = recipe.prior.dropout
    draw.source = .classes
    var parts = ModelLosses.Parts(
      target: model, images: images(madeBy: recipe.fineTuning, draw), draw: draw)
    parts.centres = centres
    if recipe.losses.classifier.rule == .learned || recipe.losses.classifier.centresMove {
      parts.publicFeatures = { [target] step in
        (try target.features(of: step.batch.inputs), step.batch.labels.values(as: Int.self))
      }
    }
    if recipe.losses.classifier.kind == .logitFeatures {
      parts.distribution = try FeatureDistribution(
        of: target.features(of: TemplateData.images(of: images)))
    }
    parts.people = knowledge.people
    parts.encoder = knowledge.encoder
    parts.reader = knowledge.reader
    parts.distance = knowledge.distance
    parts.adapters = network.adapters
    parts.vectors = { step in
      guard let all = (step.module as? AdaptedNetwork)?.base as? DenoisingNetwork,
        let vectors = all.classes
      else { throw InversionError.missingPart(loss: "regularisation", part: "vectors") }
      let classes = Set(step.batch.labels.values(as: Int.self)).sorted()
      return vectors.weight.selecting(rows: classes)
    }
    return try Trainer(
      model: network, objective: recipe.losses.objective(parts), training: try chosen(),
      evaluation: nil, settings: recipe.fineTuning.training, context: context, folder: folder,
      identity: identity, isStopRequested: isStopRequested)
  }

  /// How many images the target is shown while a prior is fine-tuned, each with a gradient.
  public var fineTuningQueries: Int {
    let settings = recipe.fineTuning.training
    return settings.stepCount(of: lookAlikes.reduce(0) { $0 + $1.count }) * settings.batchSize
  }

  /// Images of the classes of a step's examples.
  private func images(
    madeBy settings: ModelRecipe.FineTuning, _ draw: NoiseDraw
  ) -> MadeImages {
    guard settings.images == .samples else { return .denoised(draw) }
    let levels = NoiseLevels(steps: settings.samplingSteps).starting(at: settings.highest)
    let (shape, range) = (description.imageShape, description.range)
    return MadeImages("samples") { step in
      guard let model = step.module as? any DenoisingModel,
        let condition = model.condition(ofClasses: step.batch.labels)
      else { throw DiffusionError.notDenoising(term: "samples") }
      var streams = step.streams("samples.start")
      let start =
        Tensor.normal(shape, dtype: .float64, perExample: &streams) * (levels.values.first ?? 0)
      let denoiser = model.denoiser(condition: condition, guidance: settings.guidance)
      let made = try Sampler(.euler, levels: levels).sample(denoiser, from: start) { _ in
        .zeros(like: start)
      }
      return range.values(made.to(.float32))
    }
  }
}

extension ModelLosses.Classifier {
  /// Whether centres follow public features by a mean.
  var centresMove: Bool { if case .moving = rule { true } else { false } }
}
