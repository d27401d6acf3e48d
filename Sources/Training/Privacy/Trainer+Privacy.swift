import Datasets
import Networks
import Torch

extension Trainer {
  /// What the run guarantees when all its steps are done; `nil` without ``TrainerSettings/privacy``.
  public var privacyGuarantee: PrivacyGuarantee? {
    settings.privacyGuarantee(examples: training.count)
  }

  private var samplingRate: Double { Double(settings.batchSize) / Double(training.count) }

  /// The examples of a step, each of which takes part with the same probability by itself.
  func sampledPositions(at step: Int) -> [Int] {
    var stream = RandomStream(seed: context.seed, purpose: "privacy.sample", index: UInt64(step))
    let rate = samplingRate
    return (0..<training.count).filter { _ in stream.uniform() < rate }
  }

  /// The sum of clipped gradients with noise, over the number of examples that is expected.
  func privateDescent(_ state: StepContext, _ privacy: DifferentialPrivacy) throws -> Descent {
    let clipped = try clippedDescent(state, privacy.clip)
    let gradients = zip(parameters, clipped.gradients).enumerated().map { index, pair in
      let generator = Generator(
        seed: context.seed, purpose: "privacy.noise.\(index)", index: UInt64(state.step))
      let value = pair.0.value.detached()
      let noise = Tensor.normal(value.shape, dtype: value.dtype, using: generator)
      return (pair.1 + noise.to(value.device) * (privacy.noise * privacy.clip))
        / Double(settings.batchSize)
    }
    return Descent(loss: clipped.loss, records: clipped.records, gradients: gradients)
  }

  /// The sum of gradients of examples, each shortened to a length.
  private func clippedDescent(_ state: StepContext, _ clip: Double) throws -> Descent {
    guard state.batch.count > 0 else {
      // Nobody takes part: noise alone.
      let records = objective.terms.map {
        Objective.Record(name: $0.term.name, value: 0, weight: 0)
      }
      return Descent(
        loss: 0, records: records,
        gradients: parameters.map { Tensor.zeros(like: $0.value.detached()) })
    }
    guard let model = model as? any Layer, PerSampleGradients.isPossible(model, parameters) else {
      return try clippedOneByOne(state, clip)
    }
    var (loss, records): (Double, [Objective.Record]) = (0, [])
    let each = try PerSampleGradients(in: state, parameters: parameters) {
      let value = try objective.value(in: state)
      (loss, records) = (value.total.item, value.records)
      return value.total
    }
    let factors = (each.squaredLengths.clamped(to: 1e-30...).rsqrt() * clip).clamped(to: ...1)
    guard factors.isFinite.all else { throw TrainingError.gradientNotFinite(step: state.step) }
    return Descent(
      loss: loss, records: records, gradients: each.sum(times: factors, for: parameters))
  }

  /// The same with a backward pass for each example, for networks of any layers.
  func clippedOneByOne(_ state: StepContext, _ clip: Double) throws -> Descent {
    let parts = state.parts(state.batch.count)
    var clipped: [Descent] = []
    for part in parts {
      let (total, records) = try objective.value(in: part)
      let own = Array(try gradients(of: total, part.step).prefix(parameters.count))
      let length = GradientClipping.norm(of: own)
      let factor = length > clip ? clip / length : 1
      clipped.append(
        Descent(loss: total.item, records: records, gradients: own.map { $0 * factor }))
    }
    let shares = [Double](repeating: 1 / Double(parts.count), count: parts.count)
    let mean = Descent.weightedSum(clipped, shares)
    return Descent(
      loss: mean.loss, records: mean.records,
      gradients: mean.gradients.map { $0 * Double(parts.count) })
  }

  /// Checks that a step is a sum over examples of what depends on each alone.
  static func checkPrivacy(
    _ settings: TrainerSettings, _ objective: Objective, _ model: any Module,
    hasUnlabelled: Bool
  ) throws(TrainingError) {
    guard let privacy = settings.privacy else { return }
    try privacy.validate()
    if let other = objective.terms.map(\.term).first(where: { !($0 is CrossEntropy) }) {
      throw .setting(
        name: "privacy", value: "given",
        allowed: "left out with \(other.name): only the gradients of cross-entropy are clipped")
    }
    guard objective.parameters.isEmpty else {
      throw .setting(
        name: "privacy", value: "given", allowed: "left out where a weight is learned")
    }
    let others: [(String, Bool)] = [
      ("shards", settings.shards != nil), ("sharpness", settings.sharpness != nil),
      ("replays", settings.replays > 1), ("clipNorm", settings.clipNorm != nil),
      ("gradientNormEvery", settings.gradientNormEvery > 0),
      ("reestimatesStatistics", settings.reestimatesStatistics),
      ("unlabelled examples", hasUnlabelled),
      ("precision", settings.precision ?? .float32 != .float32),
    ]
    if let (name, _) = others.first(where: \.1) {
      throw .setting(name: "privacy", value: "given", allowed: "left out with \(name)")
    }
    // A layer that stays as in evaluation hides its normalisation, as it may.
    if let leaf = model.namedLeaves.first(where: { $0.layer is BatchNorm }) {
      throw .network(
        term: "privacy", needs: "a network without batch normalisation (\(leaf.name))",
        advice: """
          choose small-cnn, strided-cnn, lenet or mlp, or freeze the layers with batch normalisation: the \
          statistics of a batch tell of all its examples
          """)
    }
  }
}
