import Networks
import Torch

extension RecordedRules {
  /// Sorting, and the smaller and the larger of two.
  static let sorting: [String: Rule] = [
    "aten::sort": { call in
      // Indices come second; nothing is known of them.
      call.bound(0).map { [RecordedBound(bound: $0.bound)] }
    },
    "aten::min": { extremum($0, isLargest: false) }, "aten::max": { extremum($0, isLargest: true) },
    "aten::amin": { extremum($0, isLargest: false) },
    "aten::amax": { extremum($0, isLargest: true) },
    "aten::minimum": { extremum($0, isLargest: false) },
    "aten::maximum": { extremum($0, isLargest: true) },
  ]

  private static func extremum(_ call: RecordedCall, isLargest: Bool) -> [RecordedBound]? {
    guard let first = call.bound(0), let input = call.tensor(0), let output = call.output else {
      return nil
    }
    if call.tensor(1) != nil { return extremum(call, first, isLargest: isLargest) }
    // Along a dimension; the whole tensor's would mix examples.
    guard let dimension = call.integer(1) else { return nil }
    let place = dimension < 0 ? dimension + input.rank : dimension
    guard place > 0, place < input.rank, output.size(0) == input.size(0) else { return nil }
    // Extrema of windows move no more than all of them together.
    return [
      RecordedBound(
        bound: first.bound,
        origin: input.size(place) == 2
          ? .extremum(
            bound: first.bound, source: input.identity, dimension: place, isLargest: isLargest)
          : .plain)
    ]
  }

  /// Of two tensors, element by element.
  private static func extremum(
    _ call: RecordedCall, _ first: RecordedBound, isLargest: Bool
  ) -> [RecordedBound]? {
    guard let second = call.bound(1) else {
      guard call.tensor(0)?.shape == call.output?.shape else { return nil }
      return [RecordedBound(bound: first.bound)]
    }
    guard call.tensor(0)?.shape == call.tensor(1)?.shape else { return nil }
    if case .part(let bound, let source, let dimension, let index) = first.origin,
      case .part(_, let other, let axis, let place) = second.origin, source == other,
      dimension == axis, index != place
    {
      return [
        RecordedBound(
          bound: bound,
          origin: .extremum(
            bound: bound, source: source, dimension: dimension, isLargest: isLargest))
      ]
    }
    let both = (first.bound * first.bound + second.bound * second.bound).squareRoot()
    return [RecordedBound(bound: both * SpectralNorm.slack)]
  }
}
