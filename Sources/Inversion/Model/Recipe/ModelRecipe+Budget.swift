import Diffusion
import Networks
import Training

extension ModelRecipe {
  /// The inversion of an audit: all rows, with judges that are trained here.
  ///
  /// - Parameters:
  ///   - imageShape: `[C, H, W]`; the prior takes patches of it where its sides allow that.
  ///   - targetModel: what the audited network is, where that is known: the evaluator is another one then.
  public init(
    auditing data: Data, publicSource: String? = nil, imageShape: [Int],
    targetModel: String? = nil, budget: TemplateRecipe.Budget
  ) {
    self.init(data: data)
    self.publicSource = publicSource
    evaluator.model = targetModel == "small-vgg" ? "small-cnn" : "small-vgg"
    evaluator.options = ["width": 16]
    (evaluator.shift, evaluator.seed) = (2, 1000)
    evaluator.training.epochs = 40
    evaluator.training.batchSize = 50
    evaluator.training.learningRate = LearningRate(2e-3, shape: .cosine, warmup: 0.05)
    encoders.attack.learn(embedding: 64, width: 16, epochs: 10)
    encoders.attack.seed = 5
    encoders.verification.learn(embedding: 64, width: 16, epochs: 10)
    encoders.perception.network.learn(embedding: 64, width: 16, epochs: 5)
    prior.network.fit(imageShape)
    for stage in [\TargetPriorSettings.base, \.training] {
      prior[keyPath: stage].batchSize = 64
      prior[keyPath: stage].shards = 4
      prior[keyPath: stage].emaHalfLife = 8000
      prior[keyPath: stage].learningRate = LearningRate(
        2e-3, shape: .trapezoid, warmup: 0.02, over: 0.3)
    }
    losses.classifier.centreShare = 0.01
    // A softplus has no gradient left where rivals are passed by; images then gain nothing more.
    var ofImages = losses.classifier
    ofImages.kind = .topK
    reconstruction.classifier = ofImages
    fineTuning.training.batchSize = 20
    fineTuning.training.optimiser.rule = .adamw
    fineTuning.training.learningRate = LearningRate(1e-3, shape: .cosine, warmup: 0.05)
    oracle = data.isPortraits ? Oracle(people: 2000, pictures: 20_000, epochs: 8, width: 32) : nil
    limit(to: budget)
  }

  private mutating func limit(to budget: TemplateRecipe.Budget) {
    func steps(_ base: Int, _ learning: Int, _ tuning: Int) {
      (prior.base.steps, prior.training.steps) = (base, learning)
      fineTuning.training.steps = tuning
    }
    switch budget {
    case .tiny: limitToSeconds()
    case .quick:
      steps(3000, 3000, 200)
      prior.network.width = 16
      if oracle != nil { oracle = Oracle(people: 1000, pictures: 8000, epochs: 4, width: 16) }
    case .standard: steps(6000, 4000, 300)
    case .full: steps(12_000, 8000, 600)
    }
  }

  /// Whether everything works.
  private mutating func limitToSeconds() {
    evaluator.options = ["width": 4]
    evaluator.training.epochs = 1
    for encoder in [\Encoders.attack, \.verification, \.perception.network] {
      encoders[keyPath: encoder].options = ["embedding": 8, "width": 4]
      encoders[keyPath: encoder].training.steps = 4
      encoders[keyPath: encoder].training.batchSize = 12
    }
    evaluator.training.batchSize = 12
    (prior.network.width, prior.network.attention, prior.network.conditionHidden) = (8, [], 8)
    (prior.vectors, prior.chosen, count) = (8, 4, 2)
    for stage in [\TargetPriorSettings.base, \.training] {
      prior[keyPath: stage].steps = 4
      prior[keyPath: stage].batchSize = 12
      prior[keyPath: stage].shards = 1
    }
    fineTuning.samplingSteps = 2
    (fineTuning.training.steps, fineTuning.training.batchSize) = (2, 6)
    (reconstruction.iterations, reconstruction.restartSteps) = (2, 2)
    (latent.iterations, latent.steps, miFace.iterations) = (2, 2, 3)
    sampling.sampler.levels.steps = 3
    resamples = 100
    if oracle != nil { oracle = Oracle(people: 30, pictures: 64, epochs: 1, width: 4) }
  }
}
