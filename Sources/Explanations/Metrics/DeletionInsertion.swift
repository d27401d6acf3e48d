import Perturbations
import Torch

/// How fast the score falls when the places that an explanation names first are taken away, or rises when
/// they are put into the baseline (Petsiuk et al., BMVC 2018; the protocol is that of xplique).
///
/// Places are ordered by the map itself, not by its size; of equal ones the later comes first. All channels
/// of a place go together. The curve begins and ends with the untouched and the wholly changed input.
public struct DeletionInsertion: ExplanationMetric {
  /// Which way inputs change.
  public enum Direction: String, Sendable, CaseIterable {
    /// From the input to the baseline: a lower area is better.
    case deletion
    /// From the baseline to the input: a higher area is better.
    case insertion
  }

  /// Which way inputs change.
  public var direction: Direction
  /// How many steps.
  public var steps: Int
  /// The share of places that are changed in the last step.
  public var largestShare: Double
  /// Whether the area is that of logits or of probabilities; curves have both.
  public var scale: OutputScale

  /// A metric.
  public init(
    _ direction: Direction, steps: Int = 10, largestShare: Double = 1,
    scale: OutputScale = .logits
  ) {
    self.direction = direction
    self.steps = steps
    self.largestShare = largestShare
    self.scale = scale
  }

  /// What pages say.
  public var about: MetricDescription {
    MetricDescription(
      name: direction.rawValue + (scale == .probabilities ? "-probability" : ""),
      summary: direction == .deletion
        ? "The mean \(unit) while what matters most is taken away first."
        : "The mean \(unit) while what matters most is put in first.",
      isHigherBetter: direction == .insertion, cost: "steps + 1 forward passes",
      source: "Petsiuk et al., BMVC 2018")
  }

  private var unit: String { scale == .logits ? "logit" : "probability" }

  /// The areas under the curves.
  public func measure(
    _ result: AttributionResult, of method: any Attribution, _ batch: Batch, _ question: Question,
    context: Context
  ) throws -> [Double] {
    try curves(result, batch, question, context: context).map { $0.area(of: scale) }
  }

  /// The whole curve of every example.
  public func curves(
    _ result: AttributionResult, _ batch: Batch, _ question: Question, context: Context
  ) throws -> [FidelityCurve] {
    guard steps >= 1 else {
      throw ExplanationError.setting(name: "steps", value: Double(steps), allowed: "at least 1")
    }
    guard largestShare > 0, largestShare <= 1 else {
      throw ExplanationError.setting(
        name: "the largest share", value: largestShare, allowed: "above 0 and at most 1")
    }
    let places = Places(Array(batch.inputs.shape.dropFirst()))
    let importances = places.importances(result.maps)
    let counts = (0...steps).map {
      Int(Double(places.count) * largestShare * Double($0) / Double(steps))
    }
    let classes = result.classes
    let size = max(1, question.batchCap / counts.count)
    let ranges = stride(from: 0, to: batch.count, by: size).map {
      $0..<min($0 + size, batch.count)
    }
    return try Work(question: question, context: context).numbers(ranges.count) { number in
      let range = ranges[number]
      return try curves(
        batch.slice(range, on: context.device), importances[range], Array(classes[range]), counts,
        places, question)
    }.flatMap { $0 }
  }

  private func curves(
    _ chunk: Batch, _ importances: Tensor, _ classes: [Int], _ counts: [Int], _ places: Places,
    _ question: Question
  ) throws -> [FidelityCurve] {
    let (steps, examples) = (counts.count, chunk.count)
    // By ascending value, equal ones in their order, and then the other way round.
    let order = importances.sorted(along: 1).indices.flipped(1)
    let ranks = Tensor.zeros(order.shape, dtype: .int64).scattering(
      Tensor.range(0..<places.count).unsqueezed(0).expanded(order.shape).contiguous(), at: order,
      along: 1)
    let isChanged = ranks.unsqueezed(1).less(than: Tensor(counts).reshaped([1, steps, 1]))
    let kept = (direction == .deletion ? isChanged.not() : isChanged).reshaped([-1, places.count])
    func repeated(_ values: Tensor) -> Tensor { values.repeatedInterleaving(steps, along: 0) }
    let baseline = question.baseline.values(for: chunk.inputs)
    let rows = places.blend(
      repeated(chunk.inputs), repeated(baseline), keeping: kept.to(chunk.inputs.device))
    let logits = try withoutGradients { try question.target.logits(rows).to(.float64) }
    let asked = repeated(Tensor(classes).to(rows.device))
    func values(_ scale: OutputScale) -> [Double] {
      Question.scores(logits, asked, chunk.outputs, scale).values(as: Double.self)
    }
    let (raw, shares) = (values(.logits), values(.probabilities))
    return (0..<examples).map { row in
      let range = row * steps..<(row + 1) * steps
      return FidelityCurve(
        shares: counts.map { Double($0) / Double(places.count) }, logits: Array(raw[range]),
        probabilities: Array(shares[range]))
    }
  }
}

/// The score of one example while its places are changed one after the other.
public struct FidelityCurve: Sendable, Hashable {
  /// The share of places that are changed, from 0.
  public var shares: [Double]
  /// The logit of the class that was explained.
  public var logits: [Double]
  /// Its probability.
  public var probabilities: [Double]

  /// The values on one scale.
  public func values(of scale: OutputScale) -> [Double] {
    scale == .logits ? logits : probabilities
  }

  /// The area under the curve by the trapezoid rule, with steps that all count the same, over [0, 1].
  public func area(of scale: OutputScale) -> Double {
    let values = values(of: scale)
    guard let first = values.first, let last = values.last, values.count > 1 else { return .nan }
    return (values.reduce(0, +) - (first + last) / 2) / Double(values.count - 1)
  }
}
