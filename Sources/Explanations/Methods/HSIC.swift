import Foundation
import Perturbations
import Torch

/// How much the score depends on whether a group is there: the Hilbert-Schmidt independence criterion
/// (Novello et al., "Making sense of dependence: efficient black-box explanations using dependence measure",
/// NeurIPS 2022).
///
/// Every group is kept with probability one half. With z whether it is, K = 1/2 - (z - z')², L a Gaussian
/// kernel of scores and H the centring, a group is worth `tr(H K H L) / n`.
public struct HSIC: MaskedAttribution {
  /// How the width of the kernel of scores is chosen.
  public enum Bandwidth: String, Sendable, CaseIterable {
    /// The median distance between two scores.
    case distances
    /// The median score, as in xplique: it depends on where zero is.
    case outputs
  }

  /// How many masks.
  public var samples: Int
  /// Which features are taken away together.
  public var groups: Grouping
  /// How the width of the kernel of scores is chosen.
  public var bandwidth: Bandwidth
  /// Masks that are used as they are, `[S, M]` of zeros and ones, the same for all examples; drawn when
  /// `nil`.
  public var masks: Tensor?

  /// The method.
  public init(
    samples: Int = 500, groups: Grouping = .grid(rows: 8, columns: 8),
    bandwidth: Bandwidth = .distances, masks: Tensor? = nil
  ) {
    self.samples = samples
    self.groups = groups
    self.bandwidth = bandwidth
    self.masks = masks
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "hsic", summary: "How much the score depends on whether a group is there.",
    kind: .perturbations, isSigned: false, cost: "samples forward passes",
    source: "Novello et al., NeurIPS 2022")

  /// The settings.
  public static let options = [
    AttributionOption("samples", \HSIC.samples, from: 2, "Masks."),
    AttributionOption(grouping: \HSIC.groups),
    AttributionOption("bandwidth", \HSIC.bandwidth, "How the kernel of scores gets its width."),
  ]

  var sharesOut: Bool { false }

  func maskCount(_ groupCount: Int) throws -> Int { samples }

  func drawMasks(
    _ count: Int, groupCount: Int, _ example: Posed, _ context: Context
  ) -> Tensor {
    let generator = Generator(
      seed: context.seed, purpose: "hsic.masks", index: UInt64(example.index))
    return Tensor.uniform([count, groupCount], using: generator).less(than: 0.5).to(.float64)
  }

  func values(_ scores: [Double], masks: Tensor, _ example: Posed) throws -> Tensor {
    let count = scores.count
    let outputs = Tensor(scores)
    let squares = (outputs.unsqueezed(0) - outputs.unsqueezed(1)).squared()
    let width = median(bandwidth == .outputs ? scores : Self.distances(scores))
    // Scores that are all the same depend on nothing.
    guard width != 0, width.isFinite else {
      return Tensor.zeros([masks.size(1)], dtype: .float64)
    }
    let kernel = (squares * (-1 / (2 * width * width))).exp()
    // Centred, K is 2 z zᵀ with z centred: squares of z alone are constant along rows or columns.
    let centred = masks - masks.mean(along: [0], keepingDimensions: true)
    return (centred * kernel.matmul(centred)).sum(along: 0) * (2 / Double(count))
  }

  private static func distances(_ scores: [Double]) -> [Double] {
    scores.indices.flatMap { first in
      scores[(first + 1)...].map { abs($0 - scores[first]) }
    }
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
