import Diffusion
import Networks
import Training

extension TemplateRecipe {
  /// How much work an inversion may be.
  public enum Budget: String, Sendable, CaseIterable {
    /// Seconds: whether everything works. Its numbers say nothing.
    case tiny
    /// Minutes: a prior that knows what people look like.
    case quick
    /// An hour or so.
    case standard
    /// Hours: the settings of `Recipes/inversion/template-portraits.yaml`.
    case full
  }

  /// The inversion of an audit: a white box, whose prior has a contrastive loss that grows along a sigmoid and
  /// whose samples are led by the system's gradient, with judges that are trained on the same public people.
  ///
  /// - Parameters:
  ///   - imageShape: `[C, H, W]`; the network takes patches of it where its sides allow that.
  ///   - systemModel: what the audited network is, where that is known: the judge is another one then.
  public init(
    auditing data: Data, imageShape: [Int], systemModel: String? = nil, budget: Budget
  ) {
    self.data = data
    encoders = Encoders()
    encoders.evaluation.model =
      systemModel == "identity-resnet" ? "identity-cnn" : "identity-resnet"
    encoders.evaluation.learn(embedding: 64, width: 16, epochs: 10)
    encoders.perception.network.learn(embedding: 64, width: 16, epochs: 5)
    protection = nil
    loss = Loss()
    loss.feature = .infonce
    loss.weight = .sigmoid(to: 0.05, steepness: 8, midpoint: 0.4)
    network = UNetSettings()
    network.fit(imageShape)
    noise = NoiseDistribution()
    dataDeviation = nil
    dropout = 0.1
    training = TrainerSettings()
    training.batchSize = 64
    training.learningRate = LearningRate(2e-3, shape: .trapezoid, warmup: 0.02, over: 0.3)
    training.emaHalfLife = 8000
    reconstruction = Reconstruction()
    // Led by the system's gradient, and once more by the prior alone.
    (reconstruction.concentration, reconstruction.concentrations) = (1000, [0])
    oracle = data.isPortraits ? Oracle(people: 2000, pictures: 20_000, epochs: 8, width: 32) : nil
    resamples = 2000
    pictures = nil
    seed = 0
    threads = nil
    limit(to: budget)
  }

  private mutating func limit(to budget: Budget) {
    switch budget {
    case .tiny:
      for role in [\Encoders.evaluation, \.perception.network] {
        encoders[keyPath: role].options = ["embedding": 8, "width": 4]
        encoders[keyPath: role].training.steps = 4
        encoders[keyPath: role].training.batchSize = 12
      }
      (network.width, network.attention, network.conditionHidden) = (8, [], 8)
      (training.steps, training.batchSize) = (4, 12)
      (reconstruction.count, reconstruction.sampler.levels.steps) = (2, 3)
      reconstruction.concentration = 10
      if oracle != nil { oracle = Oracle(people: 30, pictures: 64, epochs: 1, width: 4) }
      resamples = 100
    case .quick:
      (training.steps, network.width) = (2000, 16)
      reconstruction.count = 3
      if oracle != nil { oracle = Oracle(people: 1000, pictures: 8000, epochs: 4, width: 16) }
    case .standard: training.steps = 2000
    case .full: training.steps = 3200
    }
  }
}

extension EncoderSettings {
  /// Settings that learn hundreds of people by a few images of each.
  mutating func learn(embedding: Double, width: Double, epochs: Int) {
    options = ["embedding": embedding, "width": width]
    shift = 1
    training.epochs = epochs
    training.learningRate = LearningRate(2e-3, shape: .cosine, warmup: 0.05)
    training.optimiser.rule = .adamw
    training.optimiser.weightDecay = 5e-4
  }
}

extension UNetSettings {
  /// About 16 patches a side, halved once, where the sides can be divided so.
  mutating func fit(_ imageShape: [Int]) {
    let side = imageShape.last ?? 0
    let fitting = [4, 2].first { $0 * 14 <= side && side % (2 * $0) == 0 }
    patch = fitting ?? (side == 16 ? 2 : 1)
    let patches = side / max(1, patch)
    multipliers = patches % 2 == 0 ? [1, 2] : [1]
    attention = [patches / 2]
    conditionHidden = 128
  }
}

extension TemplateRecipe.Oracle {
  init(people: Int, pictures: Int, epochs: Int, width: Int) {
    self.people = people
    self.pictures = pictures
    self.epochs = epochs
    self.width = width
  }
}
