import Perturbations
import Torch

/// Shapley values by a weighted regression on random coalitions of groups (Lundberg and Lee, "A unified
/// approach to interpreting model predictions", NeurIPS 2017, theorem 2).
///
/// Coalitions of k of M groups are drawn as often as their kernel says, `(M - 1) / (k (M - k))`, and then
/// all count the same. That the values add up to the score of the input less that of the baseline is a
/// constraint of the fit, so it holds exactly. Absent groups have the baseline's values, so these are
/// Shapley values of the game against one baseline, not against data.
public struct KernelSHAP: MaskedAttribution {
  /// How many coalitions.
  public var samples: Int
  /// Which features come and go together.
  public var groups: Grouping
  /// Whether every second coalition is what the one before it lacks, which halves the noise.
  public var isPaired: Bool
  /// Coalitions that are used as they are, `[S, M]`, the same for all examples; drawn when `nil`.
  public var masks: Tensor?

  /// The method.
  public init(
    samples: Int = 800, groups: Grouping = .grid(rows: 7, columns: 7), isPaired: Bool = true,
    masks: Tensor? = nil
  ) {
    self.samples = samples
    self.groups = groups
    self.isPaired = isPaired
    self.masks = masks
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "kernel-shap", summary: "Shapley values of groups, from random coalitions.",
    kind: .perturbations, isSigned: true, cost: "samples + 2 forward passes",
    source: "Lundberg and Lee, NeurIPS 2017, theorem 2")

  /// The settings.
  public static let options = [
    AttributionOption("samples", \KernelSHAP.samples, from: 1, "Coalitions of groups."),
    AttributionOption(grouping: \KernelSHAP.groups),
    AttributionOption(
      "paired", \KernelSHAP.isPaired, "Every second coalition is what the one before it lacks."),
  ]

  var needsBaselines: Bool { true }

  func maskCount(_ groupCount: Int) throws -> Int {
    guard groupCount == 1 || samples >= groupCount else {
      throw ExplanationError.samples(method: name, samples, needed: groupCount)
    }
    return samples
  }

  func drawMasks(
    _ count: Int, groupCount: Int, _ example: Posed, _ context: Context
  ) -> Tensor {
    guard groupCount > 1 else { return Tensor.ones([count, 1], dtype: .float64) }
    let generator = Generator(
      seed: context.seed, purpose: "kernel-shap.masks", index: UInt64(example.index))
    let drawn = isPaired ? (count + 1) / 2 : count
    let sizes = Self.sizes(drawn, groupCount, using: generator)
    // The groups with the k smallest of random numbers are a random coalition of k.
    let order = Tensor.uniform([drawn, groupCount], dtype: .float64, using: generator)
      .sorted(along: 1).indices
    let ranks = Tensor.range(0..<groupCount).unsqueezed(0).expanded([drawn, groupCount])
    let kept = ranks.less(than: sizes.unsqueezed(1)).to(.float64)
    let masks = Tensor.zeros([drawn, groupCount], dtype: .float64).scattering(
      kept, at: order, along: 1)
    guard isPaired else { return masks }
    return Tensor.stacked([masks, 1 - masks], along: 1).reshaped([-1, groupCount])[0..<count]
  }

  /// Sizes of coalitions from 1 to M - 1, `[count]`, as often as the kernel says.
  private static func sizes(
    _ count: Int, _ groupCount: Int, using generator: Generator
  ) -> Tensor {
    let weights = (1..<groupCount).map { 1 / (Double($0) * Double(groupCount - $0)) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    let limits = weights.dropLast().map { weight in
      sum += weight / total
      return sum
    }
    let drawn = Tensor.uniform([count], dtype: .float64, using: generator)
    guard !limits.isEmpty else { return Tensor([Int](repeating: 1, count: count)) }
    let above = drawn.unsqueezed(1).greaterOrEqual(to: Tensor(Array(limits)).unsqueezed(0))
    return above.to(.int64).sum(along: 1) + 1
  }

  func values(_ scores: [Double], masks: Tensor, _ example: Posed) throws -> Tensor {
    let gain = example.score - example.baselineScore
    let last = masks.size(1) - 1
    guard last > 0 else { return Tensor([gain]) }
    // The last value is what the others leave of the gain.
    let column = masks.narrowed(to: last..<last + 1, along: 1)
    let inputs = masks.narrowed(to: 0..<last, along: 1) - column
    let outputs = Tensor(scores).unsqueezed(1) - example.baselineScore - column * gain
    let values = inputs.leastSquares(outputs).squeezed(1)
    return .concatenated([values, (gain - values.sum()).reshaped([1])])
  }

  func completenessError(_ values: Tensor, _ example: Posed) -> Double? {
    values.sum().item - (example.score - example.baselineScore)
  }
}
