import Diffusion
import Torch
import Training

extension ModelLosses {
  /// What losses are computed with; each is needed only where a loss asks for it.
  public struct Parts {
    /// The audited classifier.
    public var target: TargetModel
    /// What the attack makes.
    public var images: MadeImages
    /// The noise of public images.
    public var draw: NoiseDraw
    /// What made images are compared with.
    public var sources = SourceImages.examples
    /// The target's features of all public images.
    public var distribution: FeatureDistribution?
    /// Centres of the target's features.
    public var centres: FeatureCentres?
    /// What centres are learned from.
    public var publicFeatures: FeatureCentring.PublicFeatures?
    /// What is known of the people.
    public var people: IdentityTargets?
    /// The attack's encoder.
    public var encoder: (any TemplateEncoder)?
    /// What reads attributes.
    public var reader: AttributeReader?
    /// The layered distance.
    public var distance: PerceptualDistance?
    /// The prior's adapters.
    public var adapters: LowRankAdapters?
    /// The vectors of the attacked classes before they are scaled, each once.
    public var vectors: (@Sendable (StepContext) throws -> Tensor)?

    /// Parts without which there is no loss; the others are `nil`.
    public init(target: TargetModel, images: MadeImages, draw: NoiseDraw) {
      self.target = target
      self.images = images
      self.draw = draw
    }
  }

  /// The weighted sum of all losses that count: `prior`, `classification`, `identity`, `perception` and
  /// `regularisation`, each one term.
  ///
  /// - Throws: ``InversionError/missingPart(loss:part:)`` where a loss has nothing to be computed with;
  ///   ``InversionError/setting(name:value:allowed:)``, `TrainingError.unboundedTerm`.
  public func objective(_ parts: Parts) throws -> Objective {
    try validate()
    var terms: [Objective.WeightedTerm] = []
    func add(_ name: String, _ section: some WeighedLoss, _ term: () throws -> any Term) throws {
      guard section.isOn else { return }
      terms.append(try section.weighting(name, from: learnedStart).weighted(try term()))
    }
    try add("prior", prior) { PriorKeeping(try prior.loss(), draw: parts.draw) }
    try add("classifier", classifier) { try classification(parts) }
    try add("identity", identity) { try matching(parts) }
    try add("perception", perception) { try mix(parts) }
    try add("regularisation", regularisation) { try penalties(parts) }
    return try Objective(terms)
  }

  private func need<Part>(_ part: Part?, _ name: String, for loss: String) throws -> Part {
    guard let part else { throw InversionError.missingPart(loss: loss, part: name) }
    return part
  }

  private func classification(_ parts: Parts) throws -> any Term {
    var terms: [(share: Double, term: any Term)] = [(1, try guidance(parts))]
    if let rule = classifier.rule {
      let centres = try need(parts.centres, "centres", for: "classifier")
      guard centres.rule == rule else {
        throw InversionError.setting(
          name: "centres", value: "\(centres.rule)", allowed: "\(rule), as the losses say")
      }
      let term = try FeatureCentring(
        centres, of: parts.target, on: parts.images, publicFeatures: parts.publicFeatures)
      terms.append((classifier.centreShare, term))
    }
    if let angle = classifier.angle {
      let loss = try AngularRivals(margin: angle)
      let term = AngularGuidance(loss, of: parts.target, on: parts.images)
      terms.append((classifier.angleShare, term))
    }
    return try TermMix("classification", terms)
  }

  private func guidance(_ parts: Parts) throws -> any Term {
    if let loss = try classifier.loss() {
      return ClassifierGuidance(loss, of: parts.target, on: parts.images)
    }
    return LogitFeatureGuidance(
      try classifier.logitFeatureLoss(),
      near: try need(parts.distribution, "distribution", for: "classifier"), of: parts.target,
      on: parts.images)
  }

  private func matching(_ parts: Parts) throws -> any Term {
    let people = try need(parts.people, "people", for: "identity")
    guard people.source == identity.source else {
      throw InversionError.setting(
        name: "identity source", value: people.source.rawValue,
        allowed: "\(identity.source.rawValue), as the losses say")
    }
    return try IdentityMatching(
      identity.featureLoss(), to: people, by: need(parts.encoder, "encoder", for: "identity"),
      on: parts.images)
  }

  private func mix(_ parts: Parts) throws -> any Term {
    var terms: [(share: Double, term: any Term)] = []
    if perception.attributes > 0 {
      let reader = try need(parts.reader, "reader", for: "perception")
      let term = AttributePreservation(by: reader, on: parts.images, sources: parts.sources)
      terms.append((perception.attributes, term))
    }
    if perception.layers > 0 {
      let distance = try need(parts.distance, "distance", for: "perception")
      let term = SourceLikeness(by: distance, on: parts.images, sources: parts.sources)
      terms.append((perception.layers, term))
    }
    if perception.diversity > 0 {
      let distance = try need(parts.distance, "distance", for: "perception")
      let loss = try DiversityLoss(enough: perception.enough)
      terms.append((perception.diversity, DiversityKeeping(loss, by: distance, on: parts.images)))
    }
    return try TermMix("perception", terms)
  }

  private func penalties(_ parts: Parts) throws -> any Term {
    var terms: [(share: Double, term: any Term)] = []
    if let vectors = parts.vectors, regularisation.lengths > 0 {
      terms.append((regularisation.lengths, EmbeddingNormTerm(vectors)))
    }
    if let adapters = parts.adapters {
      terms.append((1, LowRankTerm(try regularisation.penalty(), of: adapters)))
    }
    guard !terms.isEmpty else {
      throw InversionError.missingPart(loss: "regularisation", part: "adapters or vectors")
    }
    return try TermMix("regularisation", terms)
  }
}
