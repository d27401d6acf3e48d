import Foundation
import Networks
import Torch

/// The cross-entropy at mixtures of pairs of labelled examples, with labels mixed alike (Zhang et
/// al., ICLR 2018): one share λ from Beta(α, α) a batch, partners from a permutation of it.
public struct Mixup: Term {
  /// The shape α of the shares, positive.
  public var concentration = 1.0

  /// The term with shares drawn uniformly.
  public init() {}

  /// It is a negative log-probability.
  public var isBoundedBelowByZero: Bool { true }

  /// The mean over the batch.
  public func value(in step: StepContext) throws -> Tensor {
    var stream = RandomStream(
      seed: step.context.seed, purpose: name, index: UInt64(step.step))
    let first = gamma(&stream)
    let share = first / (first + gamma(&stream))
    let partners = stream.permutation(of: step.batch.count)
    let view = ExampleView(of: step.batch, model: step.model, box: step.box)
    let mixed = view.features * share + view.features.selecting(rows: partners) * (1 - share)
    let logits = view.logits(at: mixed, step.pass(updatesStatistics: true))
    let labels = step.batch.labels
    return logits.crossEntropy(labels) * share
      + logits.crossEntropy(labels.selecting(rows: partners)) * (1 - share)
  }

  /// A gamma variate of shape α and scale 1 (Marsaglia and Tsang, ACM TOMS 2000).
  private func gamma(_ stream: inout RandomStream) -> Double {
    let boost = concentration < 1 ? pow(stream.uniform(), 1 / concentration) : 1
    let d = (concentration < 1 ? concentration + 1 : concentration) - 1.0 / 3
    while true {
      let x = stream.normal()
      let v = pow(1 + x / (9 * d).squareRoot(), 3)
      guard v > 0 else { continue }
      if log(max(stream.uniform(), .leastNonzeroMagnitude)) < x * x / 2 + d - d * v + d * log(v) {
        return max(d * v * boost, .leastNormalMagnitude)
      }
    }
  }
}

extension Mixup: RegisteredTerm {
  static let name = "mixup-cross-entropy"
  static let options = ["concentration"]

  init(_ options: TermOptions) throws(TrainingError) {
    concentration = try options.positive("concentration") ?? 1
  }
}
