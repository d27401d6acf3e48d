import Perturbations
import Torch

/// The rank correlation between what the score loses when random groups of places are taken away and how
/// much the explanation says they matter (Bhatt et al., "Evaluating and aggregating feature-based model
/// explanations", IJCAI 2020).
public struct MuFidelity: ExplanationMetric {
  /// What stands in for what is taken away.
  public enum Absence: Sendable, Hashable {
    /// The question's baseline.
    case baseline
    /// Numbers drawn uniformly from a range, anew for every mask.
    case uniform(ClosedRange<Double>)
  }

  /// Which places are taken away together.
  public var groups: Grouping
  /// How likely a group is taken away.
  public var share: Double
  /// How many masks.
  public var samples: Int
  /// What stands in for what is taken away.
  public var absence: Absence
  /// Masks that are used as they are, `[S, P]` with one where a place is kept, the same for all examples;
  /// drawn when `nil`.
  public var masks: Tensor?

  /// A metric.
  public init(
    groups: Grouping = .grid(rows: 9, columns: 9), share: Double = 0.2, samples: Int = 200,
    absence: Absence = .baseline, masks: Tensor? = nil
  ) {
    self.groups = groups
    self.share = share
    self.samples = samples
    self.absence = absence
    self.masks = masks
  }

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: absence == .baseline ? "mu-fidelity" : "mu-fidelity-uniform",
      summary: absence == .baseline
        ? "How well the map ranks what the score loses without random parts."
        : "The same, with random parts replaced by noise.",
      isHigherBetter: true, cost: "samples + 1 forward passes", source: "Bhatt et al., IJCAI 2020")
  }

  /// The correlation for every example; zero where it is not defined, since a constant map ranks nothing.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    let places = Places(Array(batch.inputs.shape.dropFirst()))
    let groups =
      masks == nil ? try groups.groups(of: places, method: "mu-fidelity") : nil
    if let masks, masks.rank != 2 || masks.size(1) != places.count {
      throw ExplanationError.shape(
        name: "masks", shape: masks.shape, expected: "[masks, \(places.count)]")
    }
    guard share > 0, share < 1 else {
      throw ExplanationError.setting(
        name: "the share", value: share, allowed: "between 0 and 1")
    }
    let asked = question.about(result.classes, of: batch)
    let work = Work(question: asked, context: context)
    let posed = try work.posed(batch, needsBaselines: false)
    let importances = places.importances(result.maps).to(.float64)
    return try work.numbers(posed.count) { row in
      let kept = masks?.to(.float64) ?? drawn(groups, posed[row], context)
      // Sums row by row, so that equal masks have equal sums to the last bit, and share their rank.
      let named = ((1 - kept) * importances[row..<row + 1]).sum(along: 1).values(as: Double.self)
      let lost = try scores(kept, posed[row], places, asked, context).map {
        posed[row].score - $0
      }
      let correlation = RankCorrelation.spearman(lost, named)
      return correlation.isNaN ? 0 : correlation
    }
  }

  /// A grid of 9 x 9 over pictures, or of as many cells as they have pixels; every feature by itself for
  /// other inputs.
  public static func groups(suiting shape: [Int]) -> Grouping {
    shape.count == 3 ? .grid(rows: min(9, shape[1]), columns: min(9, shape[2])) : .each
  }

  private func drawn(_ groups: Groups?, _ example: Posed, _ context: Context) -> Tensor {
    guard let groups else { return Tensor.zeros([0, 0], dtype: .float64) }
    let generator = Generator(
      seed: context.seed, purpose: "mu-fidelity.masks", index: UInt64(example.index))
    let kept = Tensor.uniform([samples, groups.count], using: generator)
      .greaterOrEqual(to: share).to(.float64)
    return groups.spread(kept)
  }

  private func scores(
    _ kept: Tensor, _ example: Posed, _ places: Places, _ question: Question, _ context: Context
  ) throws -> [Double] {
    let cap = max(1, question.batchCap)
    let generator = Generator(
      seed: context.seed, purpose: "mu-fidelity.noise", index: UInt64(example.index))
    return try stride(from: 0, to: kept.size(0), by: cap).flatMap { start in
      let masks = kept[start..<min(start + cap, kept.size(0))].to(example.input.device)
      var baseline = example.baseline
      if case .uniform(let range) = absence {
        baseline = Tensor.uniform(
          [masks.size(0)] + places.shape, in: range, using: generator
        ).to(example.input.dtype).to(example.input.device)
      }
      let rows = places.blend(example.input, baseline, keeping: masks)
      return try example.scores(rows, question).values(as: Double.self)
    }
  }
}
