/// Training of which it can be proven how little it tells of one example: DP-SGD (Abadi et al., "Deep learning
/// with differential privacy", CCS 2016).
///
/// Every example takes part in a step with the probability `q = batchSize / N`, by itself. Its gradient is shortened
/// to the length C, the gradients are summed, normal noise of deviation σ C is added to every coordinate, and the sum
/// is divided by `batchSize`, whatever number took part.
///
/// The guarantee is for whoever sees the weights, all of them at every step, and does not know the run's seed: noise
/// is drawn from it. It is of one image, not of a person with several. Losses in `metrics.csv`, and what is measured
/// on training examples, are not covered.
public struct DifferentialPrivacy: Sendable, Codable, Equatable {
  /// The length that the gradient of an example is shortened to, C.
  public var clip = 1.0
  /// The deviation of the noise in units of C, σ.
  public var noise = 1.0
  /// The δ that ε is told for; to be well below one over the number of examples.
  public var delta = 1e-5

  /// A length of 1, a deviation of 1, δ = 1e-5.
  public init() {}

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    clip = try fields.decodeIfPresent(Double.self, forKey: .clip) ?? clip
    noise = try fields.decodeIfPresent(Double.self, forKey: .noise) ?? noise
    delta = try fields.decodeIfPresent(Double.self, forKey: .delta) ?? delta
  }

  /// Checks every setting.
  ///
  /// - Throws: ``TrainingError/setting(name:value:allowed:)``.
  func validate() throws(TrainingError) {
    guard clip > 0, clip.isFinite else {
      throw .setting(name: "privacy.clip", value: "\(clip)", allowed: "positive and finite")
    }
    guard noise >= 0, noise.isFinite else {
      throw .setting(name: "privacy.noise", value: "\(noise)", allowed: "zero or positive")
    }
    guard delta > 0, delta < 1 else {
      throw .setting(name: "privacy.delta", value: "\(delta)", allowed: "above 0 and below 1")
    }
  }
}

/// What a run with ``DifferentialPrivacy`` guarantees.
public struct PrivacyGuarantee: Sendable, Codable, Equatable {
  /// ε: by what factor `exp(ε)` one example can change how likely any outcome is, but for δ. `nil` where no noise
  /// is added, and nothing is guaranteed.
  public let epsilon: Double?
  /// δ.
  public let delta: Double
  /// The order of the divergence that ε comes from; `nil` as ε is.
  public let order: Double?
  /// The probability with which an example takes part in a step, q.
  public let rate: Double
  /// The deviation of the noise in units of the clipped length, σ.
  public let noise: Double
  /// The clipped length, C.
  public let clip: Double
  /// Steps of the run.
  public let steps: Int

  /// The guarantee of so many steps.
  public init(_ settings: DifferentialPrivacy, rate: Double, steps: Int) {
    let mechanism = SampledGaussian(rate: rate, noise: settings.noise)
    let (epsilon, order) = mechanism.epsilon(steps: steps, delta: settings.delta)
    self.epsilon = epsilon.isFinite ? epsilon : nil
    self.order = epsilon.isFinite ? order : nil
    delta = settings.delta
    self.rate = rate
    noise = settings.noise
    clip = settings.clip
    self.steps = steps
  }
}

extension TrainerSettings {
  /// What a run over so many examples guarantees when all its steps are done; `nil` without ``privacy``.
  public func privacyGuarantee(examples: Int) -> PrivacyGuarantee? {
    privacy.map {
      PrivacyGuarantee(
        $0, rate: Double(batchSize) / Double(examples), steps: stepCount(of: examples))
    }
  }
}
