import Datasets
import Foundation
import Networks
import Torch

/// Training by several processes: each has a part of every batch, gradients are added up by Gloo, and every process
/// takes the same step. The result is that of one process with the whole batch, to rounding.
extension Trainer {
  /// Checks that a step can be divided among the processes.
  static func checkGroup(
    _ group: ProcessGroup?, _ settings: TrainerSettings, _ objective: Objective,
    _ model: any Module, hasUnlabelled: Bool
  ) throws(TrainingError) {
    guard let group else { return }
    func refuse(_ name: String, _ value: Any, _ allowed: String) throws(TrainingError) {
      throw .setting(
        name: name, value: "\(value)", allowed: "\(allowed), for \(group.size) processes")
    }
    if let term = objective.terms.map(\.term).first(where: { !$0.isMeanOverParts }) {
      try refuse("objective.term", term.name, "a mean over parts of a batch, which this is not")
    }
    if settings.privacy != nil { try refuse("privacy", "set", "left out") }
    if (settings.shards ?? 1) > 1 { try refuse("shards", settings.shards ?? 1, "left out") }
    if (model as? any EmbeddingClassifier)?.embedsEverything == true {
      try refuse("model", "a network of a whole graph", "a network of single examples")
    }
    let size = settings.batchSize
    if size < group.size { try refuse("batchSize", size, "at least the number of processes") }
    guard hasUnlabelled else { return }
    let others = settings.unlabelledBatchSize ?? size
    for (name, count) in [("batchSize", size), ("unlabelledBatchSize", others)]
    where count % group.size != 0 {
      try refuse(name, count, "a multiple of the number of processes beside unlabelled examples")
    }
  }

  /// The part of a step's batches that this process has.
  func share(of positions: [Int], _ others: [Int]?) -> BatchShare? {
    context.group.map {
      BatchShare(of: [positions.count] + (others.map { [$0.count] } ?? []), in: $0)
    }
  }

  /// The sum over the processes of what each found for its part, by their shares of the batch.
  func combined(_ own: Descent, _ state: StepContext) throws -> Descent {
    guard let share = state.share else { return own }
    let values = own.records.map { $0.value * state.shareOfBatch }
    let numbers = try share.group.sum(Tensor([own.loss] + values)).values(as: Double.self)
    let records = zip(own.records, numbers.dropFirst()).map { record, value in
      Objective.Record(
        name: record.name, value: value, weight: record.weight, logVariance: record.logVariance)
    }
    return Descent(
      loss: numbers[0], records: records,
      gradients: try share.group.sums(own.gradients))
  }

  /// The mean over the processes of what terms measured of their parts.
  func combined(_ measurements: [Double?], _ state: StepContext) throws -> [Double?] {
    guard let share = state.share, !measurements.isEmpty else { return measurements }
    let weight = state.shareOfBatch
    // Whether a term measures depends on the step, not on the process.
    let sums = try share.group.sum(Tensor(measurements.map { ($0 ?? .nan) * weight }))
    return sums.values(as: Double.self).map { $0.isNaN ? nil : $0 }
  }

  /// Whether anybody asked any of the processes to stop.
  func agreesToStop(_ isRequested: Bool) throws -> Bool {
    guard let group = context.group else { return isRequested }
    return try group.sum(Tensor([isRequested ? 1.0 : 0])).item > 0
  }

  /// Gives every process the newest checkpoint of the first, which alone writes them.
  func receiveCheckpoint() throws {
    guard let group = context.group else { return }
    let names = try group.fromFirst {
      Data(try Checkpoint.files(in: folder).joined(separator: "\n").utf8)
    }
    for name in String(decoding: names, as: UTF8.self).split(separator: "\n").map(String.init) {
      let url = folder.appending(path: name)
      let data = try group.fromFirst { try Data(contentsOf: url) }
      if !group.isFirst { try AtomicFile.write(data, to: url) }
    }
  }

  /// Checks that all processes have the same weights, to the last bit.
  func checkWeights() throws {
    guard let group = context.group else { return }
    let sums = parameters.map { parameter -> String in
      let value = parameter.value.detached().to(.float64)
      return "\(value.sum().item) \(value.squared().sum().item)"
    }
    try group.agree(on: sums.joined(separator: " "), about: "weights")
  }
}

extension ProcessGroup {
  /// The sums of several tensors over all processes, exchanged as one for every type. Collective.
  ///
  /// - Throws: `ProcessGroupError` when a process is gone.
  public func sums(_ tensors: [Tensor]) throws -> [Tensor] {
    var results = tensors
    for dtype in Set(tensors.map(\.dtype)).sorted(by: { $0.rawValue < $1.rawValue }) {
      let places = tensors.indices.filter { tensors[$0].dtype == dtype }
      let whole = try sum(Tensor.concatenated(places.map { tensors[$0].reshaped([-1]) }))
      var start = 0
      for place in places {
        let count = tensors[place].count
        results[place] = whole[start..<start + count].reshaped(tensors[place].shape)
        start += count
      }
    }
    return results
  }
}
