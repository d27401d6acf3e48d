import Networks
import Torch

/// How a run goes, apart from what is trained on what.
public struct TrainerSettings: Sendable, Codable, Equatable {
  /// Passes over the data; ignored when `steps` is given.
  public var epochs = 1
  /// The number of steps, where it is not counted in epochs.
  public var steps: Int?
  /// Examples a step; an incomplete last batch of an epoch is left out.
  public var batchSize = 100
  /// Unlabelled examples a step, where there are any; as many as labelled ones when `nil`.
  public var unlabelledBatchSize: Int?
  /// Parts of a batch whose gradients are computed each on a thread of its own, for terms that are means
  /// over examples; the whole batch at once when `nil`.
  public var shards: Int?
  /// How often each batch is used in a row.
  public var replays = 1
  /// The optimiser and its constants.
  public var optimiser = OptimiserSettings()
  /// The learning rate at every step.
  public var learningRate = LearningRate()
  /// Where the weights of all layers but the last one with weights come from: the folder of a run of the same
  /// model on other classes, or a safetensors file; drawn at random when `nil`.
  public var initial: String?
  /// How many layers with weights, from the input on, are not trained; none when `nil`. With ``initial`` it is
  /// transfer learning, as a defence of what is private (Ho et al., "Model inversion robustness: can transfer
  /// learning help?" (TL-DMI), CVPR 2024): those layers have never seen a private example.
  public var freeze: Int?
  /// The longest gradient, where it is limited.
  public var clipNorm: Double?
  /// Training of which is known how little it tells of an example; plain training when `nil`.
  public var privacy: DifferentialPrivacy?
  /// The decay of averaged weights, where they are kept; evaluation and the final model use them.
  public var emaDecay: Double?
  /// The half-life of averaged weights in images, in place of a decay.
  public var emaHalfLife: Double?
  /// The longest half-life as a share of the images seen so far; 0.05 when `nil`.
  public var emaRampUp: Double?
  /// The share of the run after which snapshots of the weights are averaged; never when `nil`.
  public var swaStart: Double?
  /// Steps between those snapshots, counted back from the last step; an epoch when `nil`.
  public var swaEvery: Int?
  /// The precision of matrix products and convolutions in training passes; float32 when `nil`. Weights,
  /// losses, the optimiser, searches for perturbations and evaluation are float32 whichever it is.
  public var precision: Precision?
  /// Sharpness-aware minimisation; the plain gradient when `nil`.
  public var sharpness: SharpnessAware?
  /// Whether running statistics are computed anew at the end, over one pass of the examples.
  public var reestimatesStatistics = false
  /// Steps between evaluations; once an epoch when `nil`.
  public var evaluateEvery: Int?
  /// Evaluations without an improvement after which a run stops; never when `nil`.
  public var patience: Int?
  /// Steps between checkpoints.
  public var checkpointEvery = 500
  /// Steps between measurements of every term's gradient norm, which cost a backward pass each; 0
  /// for none.
  public var gradientNormEvery = 0

  /// The defaults.
  public init() {}

  /// Reads settings; what is absent has its default.
  public init(from decoder: any Decoder) throws {
    self.init()
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    epochs = try fields.decodeIfPresent(Int.self, forKey: .epochs) ?? epochs
    steps = try fields.decodeIfPresent(Int.self, forKey: .steps)
    batchSize = try fields.decodeIfPresent(Int.self, forKey: .batchSize) ?? batchSize
    optimiser =
      try fields.decodeIfPresent(OptimiserSettings.self, forKey: .optimiser) ?? optimiser
    learningRate =
      try fields.decodeIfPresent(LearningRate.self, forKey: .learningRate) ?? learningRate
    initial = try fields.decodeIfPresent(String.self, forKey: .initial)
    freeze = try fields.decodeIfPresent(Int.self, forKey: .freeze)
    clipNorm = try fields.decodeIfPresent(Double.self, forKey: .clipNorm)
    privacy = try fields.decodeIfPresent(DifferentialPrivacy.self, forKey: .privacy)
    emaDecay = try fields.decodeIfPresent(Double.self, forKey: .emaDecay)
    emaHalfLife = try fields.decodeIfPresent(Double.self, forKey: .emaHalfLife)
    emaRampUp = try fields.decodeIfPresent(Double.self, forKey: .emaRampUp)
    unlabelledBatchSize = try fields.decodeIfPresent(Int.self, forKey: .unlabelledBatchSize)
    shards = try fields.decodeIfPresent(Int.self, forKey: .shards)
    replays = try fields.decodeIfPresent(Int.self, forKey: .replays) ?? replays
    swaStart = try fields.decodeIfPresent(Double.self, forKey: .swaStart)
    swaEvery = try fields.decodeIfPresent(Int.self, forKey: .swaEvery)
    sharpness = try fields.decodeIfPresent(SharpnessAware.self, forKey: .sharpness)
    precision = try fields.decodeIfPresent(Precision.self, forKey: .precision)
    reestimatesStatistics =
      try fields.decodeIfPresent(Bool.self, forKey: .reestimatesStatistics)
      ?? reestimatesStatistics
    evaluateEvery = try fields.decodeIfPresent(Int.self, forKey: .evaluateEvery)
    patience = try fields.decodeIfPresent(Int.self, forKey: .patience)
    checkpointEvery =
      try fields.decodeIfPresent(Int.self, forKey: .checkpointEvery) ?? checkpointEvery
    gradientNormEvery =
      try fields.decodeIfPresent(Int.self, forKey: .gradientNormEvery) ?? gradientNormEvery
  }

  /// The steps of a run over so many examples, an incomplete last batch left out.
  public func stepCount(of examples: Int) -> Int {
    steps ?? epochs * max(1, examples / batchSize)
  }

  /// Checks every setting.
  ///
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for the first that is out of range.
  public func validate() throws(TrainingError) {
    func check(_ isRight: Bool, _ name: String, _ value: Any, _ allowed: String)
      throws(TrainingError)
    {
      if !isRight { throw .setting(name: name, value: "\(value)", allowed: allowed) }
    }
    let positive = "at least 1"
    try check(epochs >= 1, "epochs", epochs, positive)
    try check((steps ?? 1) >= 1, "steps", steps ?? 1, positive)
    try check(batchSize >= 1, "batchSize", batchSize, positive)
    try check(checkpointEvery >= 1, "checkpointEvery", checkpointEvery, positive)
    try check((evaluateEvery ?? 1) >= 1, "evaluateEvery", evaluateEvery ?? 1, positive)
    try check((patience ?? 1) >= 1, "patience", patience ?? 1, positive)
    try check(gradientNormEvery >= 0, "gradientNormEvery", gradientNormEvery, "at least 0")
    let rate = learningRate.peak
    try check(rate > 0 && rate.isFinite, "learningRate.peak", rate, "positive and finite")
    let warmup = learningRate.warmup
    try check(0...1 ~= warmup, "learningRate.warmup", warmup, "from 0 to 1")
    let falling = learningRate.over
    try check(falling > 0 && falling <= 1, "learningRate.over", falling, "positive, at most 1")
    try check((freeze ?? 0) >= 0, "freeze", freeze ?? 0, "at least 0")
    try check((clipNorm ?? 1) > 0, "clipNorm", clipNorm ?? 1, "positive")
    try privacy?.validate()
    try check(0..<1 ~= (emaDecay ?? 0), "emaDecay", emaDecay ?? 0, "at least 0 and below 1")
    try validateHalfLife()
    try check((shards ?? 1) >= 1, "shards", shards ?? 1, positive)
    try check(replays >= 1, "replays", replays, positive)
    let unlabelled = unlabelledBatchSize ?? 1
    try check(unlabelled >= 1, "unlabelledBatchSize", unlabelled, positive)
    try check(0..<1 ~= (swaStart ?? 0), "swaStart", swaStart ?? 0, "at least 0 and below 1")
    try check((swaEvery ?? 1) >= 1, "swaEvery", swaEvery ?? 1, positive)
    let isAveraged = emaDecay != nil || emaHalfLife != nil
    try check(
      swaStart == nil || !isAveraged, "swaStart", swaStart ?? 0,
      "without emaDecay and emaHalfLife")
    if let sharpness {
      let allowed = "zero or positive, and finite"
      for (name, value) in [("radius", sharpness.radius), ("offset", sharpness.offset)] {
        try check(value >= 0 && value.isFinite, "sharpness.\(name)", value, allowed)
      }
    }
    let betas = optimiser.betas
    try check(
      betas.count == 2 && betas.allSatisfy { 0..<1 ~= $0 }, "optimiser.betas", betas,
      "two numbers, at least 0 and below 1")
    try check(0..<1 ~= optimiser.momentum, "optimiser.momentum", optimiser.momentum, "in [0, 1)")
    let decay = optimiser.weightDecay
    try check(decay >= 0 && decay.isFinite, "optimiser.weightDecay", decay, "zero or positive")
    try check(optimiser.epsilon > 0, "optimiser.epsilon", optimiser.epsilon, "positive")
  }

  private func validateHalfLife() throws(TrainingError) {
    if let images = emaHalfLife {
      guard images > 0 && images.isFinite else {
        throw .setting(name: "emaHalfLife", value: "\(images)", allowed: "positive and finite")
      }
      guard emaDecay == nil else {
        throw .setting(name: "emaHalfLife", value: "\(images)", allowed: "without emaDecay")
      }
    }
    if let share = emaRampUp {
      guard share > 0 && share <= 1 else {
        throw .setting(name: "emaRampUp", value: "\(share)", allowed: "positive, at most 1")
      }
      guard emaHalfLife != nil else {
        throw .setting(name: "emaRampUp", value: "\(share)", allowed: "beside emaHalfLife")
      }
    }
  }
}
