import Perturbations
import Torch

/// An attribution that takes groups of features away and looks at the scores alone.
///
/// An absent group is replaced with the baseline; masks may also keep a share of a group.
protocol MaskedAttribution: SampledAttribution
where Layout == GroupLayout, Plan == Tensor, Part == [Double] {
  /// The groups.
  var groups: Grouping { get }
  /// Masks that are used as they are, `[S, M]`, the same for all examples; drawn when `nil`.
  var masks: Tensor? { get }
  /// How many masks are drawn for so many groups, or why none can be.
  func maskCount(_ groupCount: Int) throws -> Int
  /// Masks of an example, `[S, M]` float64: what is kept of every group.
  func drawMasks(_ count: Int, groupCount: Int, _ example: Posed, _ context: Context) -> Tensor
  /// What every group is worth, `[M]`.
  func values(_ scores: [Double], masks: Tensor, _ example: Posed) throws -> Tensor
  /// Whether what a group is worth is shared out among its places, so that maps add up to what groups do.
  var sharesOut: Bool { get }
  /// How far the values are from adding up to what they should, where they should.
  func completenessError(_ values: Tensor, _ example: Posed) -> Double?
}

/// Groups, and how many masks of them are used.
struct GroupLayout: Sendable {
  let groups: Groups
  let maskCount: Int
}

extension MaskedAttribution {
  var sharesOut: Bool { true }

  func completenessError(_ values: Tensor, _ example: Posed) -> Double? { nil }

  func layout(for shape: [Int]) throws -> GroupLayout {
    let groups = try groups.groups(of: Places(shape), method: name)
    if let masks {
      guard masks.rank == 2, masks.size(1) == groups.count else {
        throw ExplanationError.shape(
          name: "masks", shape: masks.shape, expected: "[masks, \(groups.count)]")
      }
      return GroupLayout(groups: groups, maskCount: masks.size(0))
    }
    return GroupLayout(groups: groups, maskCount: try maskCount(groups.count))
  }

  func sampleCount(_ layout: GroupLayout) -> Int { layout.maskCount }

  func plan(_ example: Posed, _ layout: GroupLayout, _ context: Context) throws -> Tensor {
    masks?.to(.float64)
      ?? drawMasks(layout.maskCount, groupCount: layout.groups.count, example, context)
  }

  func part(
    _ range: Range<Int>, _ example: Posed, _ plan: Tensor, _ layout: GroupLayout,
    _ question: Question, _ context: Context
  ) throws -> [Double] {
    let masks = plan[range].to(example.input.dtype).to(example.input.device)
    let rows = layout.groups.places.blend(
      example.input, example.baseline, keeping: layout.groups.spread(masks))
    return try example.scores(rows, question).values(as: Double.self)
  }

  func outcome(
    _ parts: [[Double]], _ example: Posed, _ plan: Tensor, _ layout: GroupLayout
  ) throws -> Outcome {
    let values = try values(parts.flatMap { $0 }, masks: plan, example)
    let ones = Tensor.ones([1, layout.groups.places.count], dtype: .float64)
    let worth = sharesOut ? values / layout.groups.sums(ones).squeezed(0) : values
    let map = layout.groups.spread(worth.unsqueezed(0)).to(example.input.dtype)
    return Outcome(
      map: layout.groups.places.maps(map), completenessError: completenessError(values, example))
  }
}
