import Networks
import Torch

/// Hidden layers that depend little on inputs and much on classes:
/// `a₁ Σ_l d(z_l, x) - a₂ Σ_l d(z_l, y)` (Peng et al., "Bilateral dependency optimization" (BiDO), KDD 2022).
///
/// d is a ``KernelDependence`` of the labelled examples of a batch; kernels of layers and inputs are Gaussian,
/// those of classes linear. The layers are what every weighted layer after the first sees: of a convolution, its
/// activation and its pooling, what comes out of the pooling. The published pairs (a₁, a₂) are 0.05 and 0.5 for
/// HSIC on CelebA, 0.1 and 2 for HSIC against VMI, 1 and 50 for COCO on MNIST; they decide the result, so they are
/// to be swept. The mean over a batch of more examples is another number: kernels are of the batch.
public struct BilateralDependency: Term {
  /// What is measured.
  public var dependence = KernelDependence.hsic
  /// a₁, of inputs; at least 0.
  public var inputWeight = 0.05
  /// a₂, of classes; at least 0.
  public var labelWeight = 0.5
  /// The width of Gaussian kernels, σ.
  public var sigma = 5.0

  /// The term with HSIC and the weights published for CelebA.
  public init() {}

  /// Its second part is subtracted.
  public var isBoundedBelowByZero: Bool { false }
  /// Hidden layers.
  public var readsActivations: Bool { true }
  /// `Σ d(z_l, x)` and `Σ d(z_l, y)`, without their weights.
  public var measures: [String] { ["inputs", "labels"] }

  /// The weighted difference.
  ///
  /// - Throws: ``TrainingError/network(term:needs:advice:)`` for a network without a hidden layer that is known.
  public func value(in step: StepContext) throws -> Tensor {
    let hidden = Self.hidden(step)
    guard !hidden.isEmpty else {
      throw TrainingError.network(
        term: "the term \(name)", needs: "a network whose hidden layers are known one by one",
        advice: "choose a model of images or tables with at least two weighted layers")
    }
    let logits = step.logits
    let inputs = KernelDependence.gaussian(step.batch.inputs, sigma: sigma)
    let classes = step.batch.labels.oneHot(classCount: logits.size(1))
    let labels = KernelDependence.linear(classes)
    var sums: (inputs: Tensor, labels: Tensor)?
    for layer in hidden {
      let kernel = KernelDependence.gaussian(layer, sigma: sigma)
      let (ofInputs, ofLabels) = (dependence(kernel, inputs), dependence(kernel, labels))
      sums = sums.map { ($0.inputs + ofInputs, $0.labels + ofLabels) } ?? (ofInputs, ofLabels)
    }
    guard let sums else { return .zeros([]) }
    step.measure("inputs", sums.inputs.item)
    step.measure("labels", sums.labels.item)
    return (sums.inputs * inputWeight - sums.labels * labelWeight).to(logits.dtype)
  }

  /// What every weighted layer but the first sees; normalisation is no layer of its own.
  private static func hidden(_ step: StepContext) -> [Tensor] {
    let stages = step.model.flatStages
    let weighted = stages.indices.filter {
      !stages[$0].parameters.isEmpty && !(stages[$0] is BatchNorm)
    }
    let activations = step.activations
    return weighted.dropFirst().filter { $0 > 0 }.map { activations[$0 - 1] }
  }
}

extension BilateralDependency: RegisteredTerm {
  static let name = "bilateral-dependency"
  static let options = ["dependence", "inputWeight", "labelWeight", "sigma"]

  init(_ options: TermOptions) throws(TrainingError) {
    dependence = try options.choice("dependence", default: .hsic)
    inputWeight = try options.notNegative("inputWeight", default: 0.05)
    labelWeight = try options.notNegative("labelWeight", default: 0.5)
    sigma = try options.positive("sigma") ?? 5
  }
}
