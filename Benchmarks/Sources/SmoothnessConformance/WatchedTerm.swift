import Networks
import Perturbations
import Torch
import Training

/// A term whose value and gradients in the first step are noted, with all that was drawn for them.
final class WatchedTerm: Term {
  private let term: any Term
  private(set) var results: [String: Tensor] = [:]
  private var batches: [[Int]] = []

  init(_ term: any Term) { self.term = term }

  var name: String { term.name }
  var isBoundedBelowByZero: Bool { term.isBoundedBelowByZero }

  func value(in step: StepContext) throws -> Tensor {
    let value = try term.value(in: step)
    if batches.count == step.step { batches.append(step.batch.indices) }
    results["batches"] = Tensor(batches.flatMap { $0 }, shape: [batches.count, step.batch.count])
    guard results["value"] == nil, let model = step.model as? WatchedNetwork else { return value }
    results["value"] = value.detached()
    let parameters = model.network.namedParameters
    let slopes = gradients(
      of: value, withRespectTo: parameters.map(\.parameter.value), retainGraph: true)
    for ((name, _), slope) in zip(parameters, slopes) { results["gradient/\(name)"] = slope }
    let clean = model.embedding(of: step.batch.inputs)
    results["perturbed"] = model.seen.first { !$0.isIdentical(to: clean) } ?? clean
    if let term = term as? VirtualAdversarial { try note(term, in: step) }
    return value
  }

  /// The random direction that the term starts from, the mask of the dropout layer, and what the term
  /// makes of them.
  private func note(_ term: VirtualAdversarial, in step: StepContext) throws {
    let view = step.view
    func pass() -> Pass { step.pass(updatesStatistics: false) }
    let width = (step.model as? WatchedNetwork)?.network.parameters.first?.value.size(0) ?? 0
    var streams = step.streams(term.name, examples: view.indices)
    results["direction"] = Tensor.normal(
      Array(view.features.shape.dropFirst()), dtype: view.features.dtype, perExample: &streams)
    let ones = Tensor.ones([step.batch.count, width], dtype: view.features.dtype)
    results["mask"] = Dropout(0.3)(ones, pass())
    var again = step.streams(term.name, examples: view.indices)
    results["perturbation"] = term.direction.perturbations(
      of: view.features, clean: step.viewLogits,
      within: try Ball(term.norm, radius: term.radius), streams: &again
    ) { view.logits(at: $0, pass()) }
  }
}
