import Networks
import Torch

/// An objective's value at a step, and its gradients.
struct Descent {
  /// The objective's value.
  let loss: Double
  /// What every term was worth.
  let records: [Objective.Record]
  /// With respect to the weights, then to learned weights of terms.
  let gradients: [Tensor]
}

extension Trainer {
  /// The objective and its gradients; of a batch in parts by the part, on the workers of the run.
  ///
  /// Parts depend on the setting, not on the workers, and are added in their order, so the sum does not
  /// depend on them.
  func descent(_ state: StepContext) throws -> Descent {
    guard let count = settings.shards, count > 1 else {
      let (total, records) = try objective.value(in: state)
      // Weighted before it is differentiated: statistics that processes share carry gradients between them.
      let share = state.share == nil ? total : total * state.shareOfBatch
      let own = Descent(
        loss: share.item, records: records, gradients: try gradients(of: share, state.step))
      return try combined(own, state)
    }
    let parts = Unchecked(value: state.parts(count))
    let trainer = Unchecked(value: self)
    let results = try context.pool.map(parts.value.count) { index in
      try attempt { Unchecked(value: try trainer.value.partDescent(parts.value[index])) }
    }
    let shares = parts.value.map { Double($0.batch.count) / Double(state.batch.count) }
    return Descent.weightedSum(results.map(\.value), shares)
  }

  private func partDescent(_ part: StepContext) throws -> Descent {
    let (total, records) = try objective.value(in: part)
    return Descent(
      loss: total.item, records: records, gradients: try gradients(of: total, part.step))
  }

  /// Checks that all terms can be computed by the part.
  static func checkShards(
    _ settings: TrainerSettings, _ objective: Objective, _ model: any Module, hasUnlabelled: Bool
  ) throws(TrainingError) {
    guard let count = settings.shards, count > 1 else { return }
    // Parts have statistics of their own, and would not move the running ones.
    guard !model.hasBatchStatistics else {
      throw .setting(
        name: "shards", value: "\(count)",
        allowed: "left out with batch normalisation, whose statistics are those of a whole batch")
    }
    let term = objective.terms.map(\.term).first { !$0.isMeanOverExamples }
    guard term == nil, !hasUnlabelled else {
      throw .setting(
        name: "shards", value: "\(count)",
        allowed: term.map { "left out with \($0.name), which is no mean over labelled examples" }
          ?? "left out with unlabelled examples")
    }
    guard count <= settings.batchSize else {
      throw .setting(name: "shards", value: "\(count)", allowed: "at most the batch size")
    }
  }
}

extension Descent {
  /// The sum of parts by their shares, in their order.
  static func weightedSum(_ parts: [Descent], _ shares: [Double]) -> Descent {
    func sum(_ value: (Descent) -> Double) -> Double {
      zip(parts, shares).reduce(0) { $0 + value($1.0) * $1.1 }
    }
    let records = parts[0].records.enumerated().map { index, record in
      Objective.Record(
        name: record.name, value: sum { $0.records[index].value }, weight: record.weight,
        logVariance: record.logVariance)
    }
    let gradients = parts[0].gradients.indices.map { index in
      let first = parts[0].gradients[index] * shares[0]
      for (part, share) in zip(parts, shares).dropFirst() {
        first.add(part.gradients[index], times: share)
      }
      return first
    }
    return Descent(loss: sum(\.loss), records: records, gradients: gradients)
  }
}

/// What several threads read and none writes.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
}
