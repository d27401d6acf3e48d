import Datasets
import Networks
import Torch

extension Trainer {
  private var precision: Precision { settings.precision ?? .float32 }

  /// One optimiser step, in the precision of the run.
  ///
  /// - Throws: ``TrainingError/precision(_:reason:)`` where an operation does not exist in it.
  func advance(_ step: Int) throws -> (loss: Double, columns: [Double?]) {
    do {
      return try attempt { try update(step) }
    } catch let error as TorchError {
      if let group = context.group { throw group.explained(error) }
      guard precision != .float32 else { throw error }
      throw TrainingError.precision(precision, reason: error.description)
    }
  }

  /// One optimiser step; returns the objective's value and the log's columns.
  func update(_ step: Int) throws -> (loss: Double, columns: [Double?]) {
    let state = try state(at: step)
    let descent = try settings.privacy.map { try privateDescent(state, $0) } ?? descent(state)
    let measures = objective.terms.flatMap(\.term.measures)
    let measured = try combined(measures.map { state.measurements[$0] }, state)
    let measurements = Dictionary(zip(measures, measured)) { first, _ in first }
    let records = descent.records
    let norms = try gradientNorms(step, state, records)
    var all = descent.gradients
    if let sharpness = settings.sharpness {
      let ascended = sharpness.ascended(parameters, gradients: Array(all.prefix(parameters.count)))
      all = try parameters.withValues(ascended) {
        try self.descent(state.again()).gradients
      }
    }
    var own = Array(all.prefix(parameters.count))
    if let limit = settings.clipNorm { own = GradientClipping.byNorm(own, limit: limit) }
    let rate = settings.learningRate.rate(at: step, of: totalSteps)
    optimiser.step(own, learningRate: rate)
    moveTerms(Array(all.dropFirst(parameters.count)), rate)
    average?.update(after: step)
    for item in objective.terms { try (item.term as? any RememberingTerm)?.didUpdate(after: state) }
    var columns: [Double?] = [rate, descent.loss]
    for (index, record) in records.enumerated() {
      columns += [record.value, record.weight, norms[index]]
      columns += objective.terms[index].term.measures.map { measurements[$0] ?? nil }
      if objective.terms[index].learned != nil { columns.append(record.logVariance) }
    }
    return (descent.loss, columns)
  }

  /// Moves what terms learn, and learned weights more slowly than all else.
  private func moveTerms(_ gradients: [Tensor], _ rate: Double) {
    let learned = objective.learnedWeights
    let before = learned.map { $0.parameter.value.detached().copy() }
    weightOptimiser.step(gradients, learningRate: rate)
    for (weight, old) in zip(learned, before) { weight.dampen(from: old) }
  }

  /// What the terms of a step see.
  private func state(at step: Int) throws -> StepContext {
    let positions =
      settings.privacy == nil
      ? order.positions(at: step / settings.replays) : sampledPositions(at: step)
    let otherPositions = unlabelledOrder?.positions(at: step / settings.replays)
    let share = share(of: positions, otherPositions)
    func own(_ positions: [Int]) -> [Int] {
      share.map { Array(positions[$0.rows(of: positions.count)]) } ?? positions
    }
    let batch = try augmented(
      training.batch(own(positions)), order.epoch(of: step / settings.replays))
    var others: Batch?
    if let unlabelled, let otherPositions {
      others = try augmented(unlabelled.batch(own(otherPositions)), step / stepsPerEpoch)
    }
    return StepContext(
      model: model, batch: batch, unlabelled: others, step: step, totalSteps: totalSteps,
      epoch: step / stepsPerEpoch, exampleCount: (unlabelled ?? training).count,
      context: context, box: box, augmentation: augmentation, precision: precision, share: share)
  }

  private func augmented(_ batch: Batch, _ epoch: Int) throws -> Batch {
    guard let augmentation else { return batch }
    return try augmentation.apply(to: batch, seed: context.seed, epoch: epoch)
  }

  /// The gradients with respect to the weights, then to learned weights of terms.
  func gradients(of total: Tensor, _ step: Int) throws -> [Tensor] {
    guard total.requiresGradient else {
      return (parameters + objective.parameters).map { Tensor.zeros(like: $0.value.detached()) }
    }
    let all = Torch.gradients(
      of: total, withRespectTo: (parameters + objective.parameters).map(\.value))
    guard GradientClipping.norm(of: all).isFinite else {
      throw TrainingError.gradientNotFinite(step: step)
    }
    return all
  }

  /// The length of every term's gradient, at the steps at which it is measured and counts.
  private func gradientNorms(
    _ step: Int, _ state: StepContext, _ records: [Objective.Record]
  ) throws -> [Double?] {
    let every = settings.gradientNormEvery
    guard every > 0, step % every == 0 else { return objective.terms.map { _ in nil } }
    // Anew, so that running statistics do not move twice.
    let state = state.again()
    return try zip(objective.terms, records).map { item, record in
      // A term that does not count is not computed here either.
      guard record.weight != 0 else { return nil }
      let value = try item.term.value(in: state)
      guard value.requiresGradient else { return 0 }
      let own = Torch.gradients(
        of: value * state.shareOfBatch, withRespectTo: parameters.map(\.value), retainGraph: true)
      return GradientClipping.norm(of: try state.share?.group.sums(own) ?? own)
    }
  }

  /// Replaces the running statistics of batch normalisation by their mean over one pass of the
  /// examples, with the final weights.
  func reestimateStatistics() throws {
    guard let model = model as? any Layer else { return }
    let data = unlabelled ?? training
    let size = (unlabelledOrder ?? order).batchSize
    withFinalWeights {
      withoutGradients {
        for start in stride(from: 0, through: data.count - size, by: size) {
          let batch = data.batch(Array(start..<start + size))
          let index = start / size
          var stream = RandomStream(
            seed: context.seed, purpose: "statistics", index: UInt64(index))
          let pass = Pass.training(
            seed: stream.next(), statisticsWeight: 1 / Double(index + 1))
          _ = model(batch.inputs, pass)
        }
      }
    }
  }
}
