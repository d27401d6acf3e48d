import Foundation
import Perturbations
import Torch

/// The weights of a linear model of the score, fitted to inputs from which groups were taken away; those
/// that keep more count more (Ribeiro et al., "\"Why should I trust you?\": explaining the predictions of
/// any classifier", KDD 2016, section 3).
///
/// Groups are cells of a grid. The first sample is the input itself, in all others every group is kept with
/// probability one half. A sample that lacks a share s of the groups has the weight
/// `exp(-s / kernelWidth²)`; the fit is a ridge regression with an intercept that is not penalised.
public struct LIME: MaskedAttribution {
  /// How many samples.
  public var samples: Int
  /// Which features are taken away together.
  public var groups: Grouping
  /// The width of the kernel, in units of the distance between nothing and everything being kept.
  public var kernelWidth: Double
  /// The penalty on squared weights.
  public var penalty: Double
  /// Masks that are used as they are, `[S, M]`, the same for all examples; drawn when `nil`.
  public var masks: Tensor?

  /// The method.
  public init(
    samples: Int = 500, groups: Grouping = .grid(rows: 7, columns: 7), kernelWidth: Double = 0.75,
    penalty: Double = 1e-3, masks: Tensor? = nil
  ) {
    self.samples = samples
    self.groups = groups
    self.kernelWidth = kernelWidth
    self.penalty = penalty
    self.masks = masks
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "lime", summary: "A linear model of the score, fitted to inputs that lack groups.",
    kind: .perturbations, isSigned: true, cost: "samples forward passes",
    source: "Ribeiro et al., KDD 2016, section 3")

  /// The settings.
  public static let options = [
    AttributionOption("samples", \LIME.samples, from: 2, "Inputs that lack groups."),
    AttributionOption(grouping: \LIME.groups),
    AttributionOption(
      "kernelWidth", \LIME.kernelWidth, in: 1e-3...1e3,
      "How fast samples that lack more count less."),
    AttributionOption("penalty", \LIME.penalty, in: 0...1e6, "The ridge's penalty."),
  ]

  func maskCount(_ groupCount: Int) throws -> Int {
    guard penalty > 0 || samples > groupCount else {
      throw ExplanationError.samples(method: name, samples, needed: groupCount + 1)
    }
    return samples
  }

  func drawMasks(
    _ count: Int, groupCount: Int, _ example: Posed, _ context: Context
  ) -> Tensor {
    let generator = Generator(
      seed: context.seed, purpose: "lime.masks", index: UInt64(example.index))
    let drawn = Tensor.uniform([count - 1, groupCount], using: generator).less(than: 0.5)
    return .concatenated([Tensor.ones([1, groupCount], dtype: .float64), drawn.to(.float64)])
  }

  func values(_ scores: [Double], masks: Tensor, _ example: Posed) throws -> Tensor {
    let lacking = 1 - masks.mean(along: 1)
    let weights = (lacking * (-1 / (kernelWidth * kernelWidth))).exp()
    let total = weights.sum()
    func centred(_ values: Tensor) -> Tensor {
      values - (weights.unsqueezed(1) * values).sum(along: [0], keepingDimensions: true) / total
    }
    // Centring does away with the intercept, so that the penalty cannot touch it.
    let inputs = centred(masks)
    let outputs = centred(Tensor(scores).unsqueezed(1))
    let weighted = (inputs * weights.unsqueezed(1)).transposed()
    let penalties = Tensor.identity(masks.size(1), dtype: .float64) * penalty
    return (weighted.matmul(inputs) + penalties).leastSquares(weighted.matmul(outputs)).squeezed(1)
  }
}
