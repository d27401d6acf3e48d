import Networks
import Torch

extension RecordedRules {
  /// Operators that move elements or leave some out.
  static let places: [String: Rule] = {
    var rules: [String: Rule] = [:]
    for name in [
      "flatten", "view", "reshape", "_reshape_alias", "contiguous", "clone", "detach", "alias",
      "permute", "transpose", "t", "squeeze", "unsqueeze", "unflatten", "to", "pixel_shuffle",
      "pixel_unshuffle", "flip", "roll", "_unsafe_view", "channel_shuffle",
    ] {
      rules["aten::\(name)"] = { same($0) }
    }
    // Questions about shapes, which say nothing about elements.
    for name in ["size", "dim", "numel", "stride", "is_contiguous", "sym_size", "sym_numel"] {
      rules["aten::\(name)"] = { _ in [] }
    }
    for name in ["dropout", "feature_dropout", "dropout_"] {
      rules["aten::\(name)"] = { call in
        guard case .flag(false) = call.call.arguments[safe: 2] else { return nil }
        return same(call)
      }
    }
    // Where the dimension stands among the arguments.
    for (name, place) in [
      ("select", 1), ("slice", 1), ("narrow", 1), ("split", 2), ("chunk", 2),
      ("split_with_sizes", 2), ("unbind", 1),
    ] {
      rules["aten::\(name)"] = { parts($0, dimensionAt: place) }
    }
    rules["aten::cat"] = { joined($0) }
    rules["aten::concat"] = { joined($0) }
    rules["aten::stack"] = { joined($0) }
    return rules
  }()

  /// The same elements elsewhere; examples stay apart.
  private static func same(_ call: RecordedCall) -> [RecordedBound]? {
    guard let bound = call.bound(0), let input = call.tensor(0), let output = call.output,
      input.count == output.count, input.size(0) == output.size(0),
      output.dtype == .float32 || output.dtype == .float64
    else { return nil }
    if case .affine = bound.origin, input.shape == output.shape { return [bound] }
    return [RecordedBound(bound: bound.bound)]
  }

  /// Some of the elements. Those of the batch's dimension would mix examples.
  private static func parts(
    _ call: RecordedCall, dimensionAt place: Int
  ) -> [RecordedBound]? {
    guard let bound = call.bound(0), let input = call.tensor(0) else { return nil }
    let results = call.call.results.tensors
    let given = call.integers(place)?.first ?? 0
    let dimension = given < 0 ? given + input.rank : given
    let isWhole = results.allSatisfy { $0.rank > 0 && $0.size(0) == input.size(0) }
    guard isWhole, dimension > 0 || results.first?.shape == input.shape else { return nil }
    let halves = results.count == 2 && results[0].shape == results[1].shape
    return results.indices.map { index in
      RecordedBound(
        bound: bound.bound,
        origin: halves
          ? .part(
            bound: bound.bound, source: input.identity, dimension: dimension, index: index)
          : .plain)
    }
  }

  /// Tensors side by side: what moves them moves all at once, unless they are the smaller and the larger of
  /// two parts, which are these parts in another order.
  private static func joined(_ call: RecordedCall) -> [RecordedBound]? {
    guard case .tensors(let list) = call.call.arguments[safe: 0], let output = call.output,
      list.allSatisfy({ $0.rank > 0 && $0.size(0) == output.size(0) })
    else { return nil }
    let known = list.map { call.bounds[$0.identity] }
    if known.count == 2,
      case .extremum(let bound, let source, let dimension, let isFirst) = known[0]?.origin,
      case .extremum(_, let other, let place, let isSecond) = known[1]?.origin,
      source == other, dimension == place, isFirst != isSecond
    {
      return [RecordedBound(bound: bound)]
    }
    let squares = known.reduce(0.0) { $0 + ($1.map { $0.bound * $0.bound } ?? 0) }
    return [RecordedBound(bound: squares.squareRoot() * SpectralNorm.slack)]
  }
}
