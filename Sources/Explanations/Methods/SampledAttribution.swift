import Perturbations
import Torch

/// An attribution that asks about many variants of an example: masked, noisy, or on the way to a baseline.
///
/// Variants of all examples are spread over the workers in blocks of at most the question's cap.
protocol SampledAttribution: Attribution {
  /// What is the same for all examples of a shape.
  associatedtype Layout: Sendable
  /// What is drawn or worked out once for an example.
  associatedtype Plan: Sendable
  /// What a block of variants adds.
  associatedtype Part: Sendable

  /// Whether the score of the baseline is needed.
  var needsBaselines: Bool { get }
  /// Whether variants are differentiated.
  var takesGradients: Bool { get }
  /// What is the same for all examples, and whether the method can be used for them at all.
  func layout(for shape: [Int]) throws -> Layout
  /// How many variants of an example there are.
  func sampleCount(_ layout: Layout) -> Int
  /// What is drawn for an example.
  func plan(_ example: Posed, _ layout: Layout, _ context: Context) throws -> Plan
  /// What some variants of an example add.
  func part(
    _ range: Range<Int>, _ example: Posed, _ plan: Plan, _ layout: Layout, _ question: Question,
    _ context: Context
  ) throws -> Part
  /// The map of an example, from the parts of all its variants in order.
  func outcome(
    _ parts: [Part], _ example: Posed, _ plan: Plan, _ layout: Layout
  ) throws -> Outcome
}

/// The map of one example.
struct Outcome: Sendable {
  /// `[1, C, H, W]`, `[1, H, W]` or `[1, D]`.
  var map: Tensor
  /// How far its sum is from what it should be.
  var completenessError: Double?
}

extension SampledAttribution {
  var needsBaselines: Bool { false }
  var takesGradients: Bool { false }

  /// Explains the answers to some examples.
  public func attribute(
    _ batch: Batch, _ question: Question, context: Context
  ) throws -> AttributionResult {
    try validate()
    try question.validate(batch)
    let layout = try layout(for: Array(batch.inputs.shape.dropFirst()))
    let work = Work(question: question, context: context)
    let posed = try work.posed(batch, needsBaselines: needsBaselines)
    let count = sampleCount(layout)
    let outcomes = try outcomes(of: posed, layout, count, work)
    let maps =
      outcomes.isEmpty ? Tensor.zeros(batch.inputs.shape) : .concatenated(outcomes.map(\.map))
    return AttributionResult(
      method: name, settings: settings, indices: batch.indices,
      classes: posed.map { Int($0.classNumber.item) }, scores: posed.map(\.score),
      maps: question.reduction(maps),
      completenessErrors: outcomes.first?.completenessError == nil
        ? nil : outcomes.map { $0.completenessError ?? .nan },
      forwardPasses: count + (needsBaselines ? 2 : 1),
      backwardPasses: takesGradients ? count : 0, scale: question.scale,
      reduction: question.reduction, baseline: question.baseline.text, seed: context.seed)
  }

  /// Examples go through in waves, since what is drawn for one can be large.
  private func outcomes(
    of posed: [Posed], _ layout: Layout, _ count: Int, _ work: Work
  ) throws -> [Outcome] {
    let cap = max(1, work.question.batchCap)
    let ranges = stride(from: 0, to: count, by: cap).map { $0..<min($0 + cap, count) }
    let (question, context) = (work.question, work.context)
    let tally = Tally(total: posed.count * ranges.count, question.progress)
    let wave = max(4, 256 / max(1, ranges.count))
    return try stride(from: 0, to: posed.count, by: wave).flatMap { start in
      let examples = Array(posed[start..<min(start + wave, posed.count)])
      let plans = try work.numbers(examples.count) { try plan(examples[$0], layout, context) }
      let parts = try work.numbers(examples.count * ranges.count, tally: tally) { number in
        let (example, block) = number.quotientAndRemainder(dividingBy: ranges.count)
        return try part(
          ranges[block], examples[example], plans[example], layout, question, context)
      }
      return try work.numbers(examples.count) { row in
        try outcome(
          Array(parts[row * ranges.count..<(row + 1) * ranges.count]), examples[row], plans[row],
          layout)
      }
    }
  }
}
