import Diffusion

extension ModelRecipe {
  /// How images of a class are sampled.
  public struct Sampling: Sendable, Codable, Equatable {
    /// How far the class is exaggerated.
    public var guidance = 2.0
    /// w of `D + w σ² ∇ log p_T`: how much samples that are led by the target follow it; 0 leaves the row out.
    public var targetWeight = 1.0
    /// The sampler.
    public var sampler = Sampler()

    init() {}

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      guidance = try fields.decodeIfPresent(Double.self, forKey: .guidance) ?? guidance
      targetWeight = try fields.decodeIfPresent(Double.self, forKey: .targetWeight) ?? targetWeight
      sampler = try fields.decodeIfPresent(Sampler.self, forKey: .sampler) ?? sampler
    }

    func validate() throws {
      try sampler.validate()
      for (name, value) in [("guidance", guidance), ("targetWeight", targetWeight)]
      where !(0...1000 ~= value) {
        throw InversionError.setting(
          name: "sampling.\(name)", value: "\(value)", allowed: "from 0 to 1000")
      }
    }
  }

  /// How images themselves are optimised.
  public struct Reconstruction: Sendable, Codable, Equatable {
    /// Iterations, of a step against the prior and one against the target each.
    public var iterations = 30
    /// The step size of Adamax.
    public var stepSize = 0.3
    /// The noise level of the first iterations.
    public var firstLevel = 20.0
    /// The noise level of the last ones.
    public var lastLevel = 0.5
    /// The deviation of the logarithm of levels about their way down.
    public var jitter = 0.1
    /// How far the class is exaggerated.
    public var guidance = 2.0
    /// How long the target's gradient may be, in lengths of the prior's.
    public var balance = 1.25
    /// How much of the mean length is kept from iteration to iteration.
    public var decay = 0.5
    /// How many shifted copies the target sees.
    public var copies = 2
    /// By how many pixels they are shifted at most.
    public var shift = 1
    /// `L_cls` of images, where it is not that of fine-tuning, `losses.classifier`.
    public var classifier: ModelLosses.Classifier?
    /// How much `L_id` counts beside `L_cls`.
    public var identity = 0.0
    /// The noise level that finished images are denoised from.
    public var restartLevel = 0.34
    /// Steps of that; none when 0.
    public var restartSteps = 6
    /// The radius in L2 of the polishing, in the data's units; 0 leaves the row out.
    public var polishRadius = 0.5
    /// Steps of the polishing.
    public var polishSteps = 10

    init() {}

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
        try fields.decodeIfPresent(Value.self, forKey: key) ?? standard
      }
      iterations = try read(.iterations, iterations)
      stepSize = try read(.stepSize, stepSize)
      firstLevel = try read(.firstLevel, firstLevel)
      lastLevel = try read(.lastLevel, lastLevel)
      jitter = try read(.jitter, jitter)
      guidance = try read(.guidance, guidance)
      balance = try read(.balance, balance)
      decay = try read(.decay, decay)
      copies = try read(.copies, copies)
      shift = try read(.shift, shift)
      classifier = try fields.decodeIfPresent(
        ModelLosses.Classifier.self, forKey: .classifier)
      identity = try read(.identity, identity)
      restartLevel = try read(.restartLevel, restartLevel)
      restartSteps = try read(.restartSteps, restartSteps)
      polishRadius = try read(.polishRadius, polishRadius)
      polishSteps = try read(.polishSteps, polishSteps)
    }

    func validate() throws(InversionError) {
      for (name, value, least) in [
        ("iterations", iterations, 1), ("copies", copies, 1), ("shift", shift, 0),
        ("restartSteps", restartSteps, 0), ("polishSteps", polishSteps, 1),
      ] where value < least {
        throw .setting(
          name: "reconstruction.\(name)", value: "\(value)", allowed: "at least \(least)")
      }
      for (name, value) in [
        ("stepSize", stepSize), ("firstLevel", firstLevel), ("lastLevel", lastLevel),
        ("balance", balance), ("restartLevel", restartLevel),
      ] where !(value > 0 && value.isFinite) {
        throw .setting(
          name: "reconstruction.\(name)", value: "\(value)", allowed: "positive and finite")
      }
      for (name, value) in [
        ("jitter", jitter), ("guidance", guidance), ("identity", identity),
        ("polishRadius", polishRadius),
      ] where !(value >= 0 && value.isFinite) {
        throw .setting(
          name: "reconstruction.\(name)", value: "\(value)", allowed: "not negative, and finite")
      }
      guard 0..<1 ~= decay else {
        throw .setting(
          name: "reconstruction.decay", value: "\(decay)", allowed: "at least 0 and below 1")
      }
      try validateClassifier()
    }

    private func validateClassifier() throws(InversionError) {
      guard let classifier else { return }
      try classifier.validate(in: "reconstruction.classifier")
      guard classifier.weight == nil, classifier.learned != true else {
        throw .setting(
          name: "reconstruction.classifier.weight", value: "given",
          allowed: "left out; reconstruction.balance says how much the target counts for images")
      }
    }
  }

  /// How the noise that sampling starts from is searched.
  public struct Latent: Sendable, Codable, Equatable {
    /// Iterations; 0 leaves the row out.
    public var iterations = 30
    /// Steps of sampling from noise to image.
    public var steps = 5
    /// The step size of Adamax.
    public var stepSize = 0.1
    /// How far the class is exaggerated.
    public var guidance = 2.0

    init() {}

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      iterations = try fields.decodeIfPresent(Int.self, forKey: .iterations) ?? iterations
      steps = try fields.decodeIfPresent(Int.self, forKey: .steps) ?? steps
      stepSize = try fields.decodeIfPresent(Double.self, forKey: .stepSize) ?? stepSize
      guidance = try fields.decodeIfPresent(Double.self, forKey: .guidance) ?? guidance
    }

    func validate() throws(InversionError) {
      guard iterations >= 0, steps >= 1, stepSize > 0, stepSize.isFinite, guidance.isFinite else {
        throw .setting(
          name: "latent", value: "\(self)",
          allowed: "iterations from 0, steps from 1, a positive stepSize")
      }
    }
  }

  /// How MI-Face goes.
  public struct MIFaceSettings: Sendable, Codable, Equatable {
    /// The most steps an image takes; 0 leaves the rows out.
    public var iterations = 500
    /// λ, positive.
    public var rate = 0.1

    init() {}

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      iterations = try fields.decodeIfPresent(Int.self, forKey: .iterations) ?? iterations
      rate = try fields.decodeIfPresent(Double.self, forKey: .rate) ?? rate
    }
  }

  /// The encoders of the audit, all trained on public people.
  public struct Encoders: Sendable, Codable, Equatable {
    /// What losses of identity are computed with.
    public var attack = EncoderSettings()
    /// The verification system that judges, which the attack does not look at.
    public var verification = EncoderSettings()
    /// What images are compared by to the eye.
    public var perception = TemplateRecipe.Perception()

    init() {
      verification.model = "identity-resnet"
      verification.seed = 1
    }

    /// Reads encoders; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      attack = try fields.decodeIfPresent(EncoderSettings.self, forKey: .attack) ?? attack
      verification =
        try fields.decodeIfPresent(EncoderSettings.self, forKey: .verification) ?? verification
      perception =
        try fields.decodeIfPresent(TemplateRecipe.Perception.self, forKey: .perception)
        ?? perception
    }

    func validate() throws {
      for encoder in [attack, verification, perception.network] { try encoder.validate() }
    }
  }
}
