import Networks
import Torch

/// The Laplacian of the cross-entropy in the inputs, by Hutchinson's method: `E ηᵀ H η` over η of plus
/// and minus one, with products of the Hessian and a vector.
///
/// Noise of deviation σ adds `σ²/2` of it (Bishop, 1995). It has no lower bound: a network may make it
/// as negative as it likes, unless its logits are piecewise linear in the inputs, where it equals the
/// Gauss-Newton trace, which `gradient-penalty` is for any network. So its weight cannot be learned.
public struct LaplacianPenalty: Term {
  /// How many η are drawn an example, at least 1.
  public var samples = 1

  /// The term with one sample.
  public init() {}

  /// It can be negative.
  public var isBoundedBelowByZero: Bool { false }

  /// The mean over the labelled examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let variable = view.features.variable()
    let loss = view.logits(at: variable, step.pass(updatesStatistics: false))
      .crossEntropy(step.batch.labels, reduction: .sum)
    let first = gradient(of: loss, withRespectTo: variable, createGraph: true)
    let traces = (0..<samples).map { sample in
      var streams = step.streams("\(name).\(sample)", examples: view.indices)
      let shape = Array(variable.shape.dropFirst())
      let uniform = Tensor.uniform(shape, dtype: variable.dtype, perExample: &streams)
      var sign = (uniform.less(than: 0.5).to(variable.dtype) * 2 - 1).to(variable.device)
      if let mask = view.mask { sign = sign * mask }
      let product = gradient(
        of: (first * sign).sum(), withRespectTo: variable, createGraph: true)
      return (product * sign).sum()
    }
    let total = traces.dropFirst().reduce(traces[0]) { $0 + $1 }
    return total / Double(samples * step.batch.count)
  }
}

extension LaplacianPenalty: RegisteredTerm {
  static let name = "laplacian-penalty"
  static let options = ["samples"]

  init(_ options: TermOptions) throws(TrainingError) {
    samples = try options.count("samples", default: 1)
  }
}
