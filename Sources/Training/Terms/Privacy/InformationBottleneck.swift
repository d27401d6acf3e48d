import Networks
import Torch

/// What a network's bottleneck may say of an input: the mean over the batch of
/// `KL(N(μ, σ²) || N(0, 1)) = -½ Σ (1 + 2 ln σ - μ² - σ²)`, in nats; its weight is β.
///
/// Beside the cross-entropy it is the variational information bottleneck (Alemi et al., ICLR 2017), which Wang et
/// al. (MID, AAAI 2021) use against model inversion, with β from 1e-3 to 1e-1. The network needs a
/// `VariationalBottleneck`: the option `bottleneck` of models. The VIB authors' code divides by ln 2, so that its
/// β is of bits.
public struct InformationBottleneck: Term {
  /// The term.
  public init() {}

  /// A divergence is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at a hidden layer alone.
  public var outputs: OutputKind? { nil }
  /// What goes into the bottleneck.
  public var readsActivations: Bool { true }

  /// The mean over the batch; the sum over bottlenecks where there are several.
  ///
  /// - Throws: ``TrainingError/network(term:needs:advice:)`` for a network without a bottleneck.
  public func value(in step: StepContext) throws -> Tensor {
    let stages = step.model.flatStages
    let activations = step.activations
    let divergences = stages.indices.dropFirst().compactMap { index -> Tensor? in
      // In single precision, whatever the pass was in.
      let input = activations[index - 1]
      return (stages[index] as? VariationalBottleneck)?
        .divergence(input.atLeastSinglePrecision()).mean()
    }
    guard let first = divergences.first else {
      throw TrainingError.network(
        term: "the term \(name)", needs: "a network with a variational bottleneck",
        advice: "set model.options.bottleneck to the number of its coordinates, such as 32")
    }
    return divergences.dropFirst().reduce(first) { $0 + $1 }
  }
}

extension InformationBottleneck: RegisteredTerm {
  static let name = "information-bottleneck"
  init(_ options: TermOptions) throws(TrainingError) { self.init() }
}
