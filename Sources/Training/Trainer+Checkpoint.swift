import Foundation
import Networks
import Torch

extension Trainer {
  var header: [String] {
    ["step", "learning_rate", "loss"]
      + objective.terms.flatMap { item in
        [item.term.name, "\(item.term.name).weight", "\(item.term.name).gradient_norm"]
          + item.term.measures.map { "\(item.term.name).\($0)" }
          + (item.learned == nil ? [] : ["\(item.term.name).log_variance"])
      } + [accuracyName]
  }

  func resume() throws -> (step: Int, log: MetricsLog) {
    let url = folder.appending(path: "metrics.csv")
    guard let (saved, tensors) = try Checkpoint.latest(in: folder) else {
      return (0, try MetricsLog(url, header: header, resumingAt: nil))
    }
    guard saved.identity == identity else { throw TrainingError.otherRun(path: folder.path) }
    func part(_ prefix: String) -> [String: Tensor] {
      let chosen = tensors.filter { $0.key.hasPrefix(prefix) }
      return Dictionary(
        uniqueKeysWithValues: chosen.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }
    try model.load(part("model."), source: folder.path)
    try check(part("optimiser."), count: parameters.count)
    try check(part("weights."), count: objective.parameters.count)
    optimiser.state = part("optimiser.")
    weightOptimiser.state = part("weights.")
    if let average {
      try check(
        part("average."), count: parameters.count + objective.termParameters.count,
        isEmptyAllowed: average.isEmpty)
      self.average?.state = part("average.")
    }
    for (index, item) in objective.terms.enumerated() {
      (item.term as? any RememberingTerm)?.state = part("term.\(index).")
    }
    for (index, parameter) in objective.parameters.enumerated() {
      if let saved = tensors["objective.\(index)"] { parameter.replace(with: saved.copy()) }
    }
    best = saved.best
    evaluationsSinceBest = saved.evaluationsSinceBest
    return (saved.step, try MetricsLog(url, header: header, resumingAt: saved.metricsLength))
  }

  /// Checks that a saved state has every list of tensors whole: `mean.0`, `mean.1`, …
  func check(
    _ state: [String: Tensor], count: Int, isEmptyAllowed: Bool = true
  ) throws(TrainingError) {
    let lists = Dictionary(grouping: state.keys.filter { $0.contains(".") }) {
      $0.prefix { $0 != "." }
    }
    let isWhole = lists.allSatisfy { name, keys in
      Set(keys) == Set((0..<count).map { "\(name).\($0)" })
    }
    guard isWhole, isEmptyAllowed || !lists.isEmpty || count == 0 else {
      throw .checkpoint(path: folder.path, reason: "the optimiser's state is not complete")
    }
  }

  func checkpoint(_ step: Int, _ log: MetricsLog) throws {
    guard context.group?.isFirst ?? true else { return }
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in model.state() { tensors["model.\(name)"] = tensor }
    for (name, tensor) in optimiser.state { tensors["optimiser.\(name)"] = tensor }
    for (name, tensor) in weightOptimiser.state { tensors["weights.\(name)"] = tensor }
    for (name, tensor) in average?.state ?? [:] { tensors["average.\(name)"] = tensor }
    for (index, item) in objective.terms.enumerated() {
      let state = (item.term as? any RememberingTerm)?.state ?? [:]
      for (name, tensor) in state { tensors["term.\(index).\(name)"] = tensor }
    }
    for (index, parameter) in objective.parameters.enumerated() {
      tensors["objective.\(index)"] = parameter.value.detached()
    }
    let checkpoint = Checkpoint(
      step: step, metricsLength: try log.synchronisedLength(), identity: identity, best: best,
      evaluationsSinceBest: evaluationsSinceBest)
    try checkpoint.save(tensors, in: folder, keeping: 2)
  }
}
