import Perturbations
import Torch

/// The share of the score's variance under random masks that goes away when a group is held fixed: Sobol's
/// total index (Fel et al., "Look at the variance! Efficient black-box explanations with Sobol-based
/// sensitivity analysis", NeurIPS 2021; the estimator is Jansen's, 1999).
///
/// With masks A and B from a quasi-random sequence, and C as A with one column from B, a group's index is
/// `Σ (f(A) - f(C))² / (2 N Var f(A))`. Masks keep shares of groups, from 0 to 1, and are the same for all
/// examples; nothing is drawn.
public struct SobolIndices: MaskedAttribution {
  /// How many masks A, and as many B.
  public var designs: Int
  /// Which features are masked together.
  public var groups: Grouping

  /// The method.
  public init(designs: Int = 32, groups: Grouping = .grid(rows: 8, columns: 8)) {
    self.designs = designs
    self.groups = groups
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "sobol", summary: "The share of the score's variance that a group has a part in.",
    kind: .perturbations, isSigned: false, cost: "designs x (groups + 2) forward passes",
    source: "Fel et al., NeurIPS 2021; Jansen, 1999")

  /// The settings.
  public static let options = [
    AttributionOption(
      "designs", \SobolIndices.designs, from: 2, "Masks that groups are exchanged in; powers of 2."),
    AttributionOption(grouping: \SobolIndices.groups),
  ]

  var masks: Tensor? { nil }

  var sharesOut: Bool { false }

  func maskCount(_ groupCount: Int) throws -> Int { designs * (groupCount + 2) }

  /// A, B, then A with each column from B.
  func drawMasks(
    _ count: Int, groupCount: Int, _ example: Posed, _ context: Context
  ) -> Tensor {
    let points = SobolSequence(dimensions: 2 * groupCount).points(designs)
    let both = Tensor(points, shape: [designs, 2 * groupCount])
    let a = both.narrowed(to: 0..<groupCount, along: 1)
    let b = both.narrowed(to: groupCount..<2 * groupCount, along: 1)
    let columns = Tensor.identity(groupCount, dtype: .float64).unsqueezed(1)
    let exchanged = a.unsqueezed(0) * (1 - columns) + b.unsqueezed(0) * columns
    return .concatenated([a, b, exchanged.reshaped([-1, groupCount])])
  }

  func values(_ scores: [Double], masks: Tensor, _ example: Posed) throws -> Tensor {
    let groupCount = masks.size(1)
    let whole = Tensor(Array(scores[0..<designs]))
    let exchanged = Tensor(Array(scores[(2 * designs)...]), shape: [groupCount, designs])
    let variance = whole.variance(along: [0], correction: 1)
    let changes = (exchanged - whole.unsqueezed(0)).squared().sum(along: 1)
    // A score that no mask changes has no variance to be shared.
    guard variance.item > 0 else { return Tensor.zeros(like: changes) }
    return changes / (variance * Double(2 * designs))
  }
}
