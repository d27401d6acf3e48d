import Networks
import Torch

/// What operators do to bounds. A rule answers what is known of the results, or `nil` where nothing is.
enum RecordedRules {
  typealias Rule = @Sendable (RecordedCall) throws -> [RecordedBound]?

  /// By the operators' names.
  static let all: [String: Rule] = [unary, arithmetic, linear, places, sorting, pooling]
    .reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

  /// Functions of every element by itself, with their steepest slope.
  private static let unary: [String: Rule] = {
    let slopes = [
      "relu": 1, "relu_": 1, "tanh": 1, "sigmoid": 0.25, "softplus": 1, "silu": 1.0998394,
      "gelu": 1.13, "hardtanh": 1, "relu6": 1, "abs": 1, "neg": 1,
    ]
    var rules: [String: Rule] = [:]
    for (name, slope) in slopes {
      rules["aten::\(name)"] = { call in
        guard let bound = call.bound(0) else { return nil }
        if ["relu", "relu_", "abs"].contains(name), case .squares = bound.origin { return [bound] }
        return [RecordedBound(bound: bound.bound * slope)]
      }
    }
    rules["aten::leaky_relu"] = { call in
      let slope = call.call.arguments[safe: 1]?.number ?? 0.01
      return call.bound(0).map { [RecordedBound(bound: $0.bound * max(1, abs(slope)))] }
    }
    return rules
  }()

  private static let arithmetic: [String: Rule] = [
    "aten::add": { sum($0) }, "aten::sub": { sum($0) },
    "aten::mul": { product($0) },
    "aten::div": { call in
      // A third argument rounds.
      guard let bound = call.bound(0), call.bound(1) == nil, call.call.arguments.count == 2,
        call.tensor(0)?.shape == call.output?.shape
      else { return nil }
      let least =
        call.call.arguments[safe: 1]?.number.map(abs) ?? call.constant(1)?.abs().min().item
      return least.map { [RecordedBound(bound: bound.bound / $0 * SpectralNorm.slack)] }
    },
    "aten::pow": { call in
      guard let bound = call.bound(0), let power = call.call.arguments[safe: 1]?.number else {
        return nil
      }
      switch (power, bound.origin) {
      case (1, _): return [bound]
      case (2, _): return squares(call, rootBound: bound.bound)
      case (0.5, .squares(let root, _)): return [RecordedBound(bound: root)]
      default: return nil
      }
    },
    "aten::square": { call in call.bound(0).flatMap { squares(call, rootBound: $0.bound) } },
    "aten::sqrt": { call in
      guard case .squares(let root, _) = call.bound(0)?.origin else { return nil }
      return [RecordedBound(bound: root)]
    },
    "aten::sign": { call in
      guard case .squares(_, let source) = call.bound(0)?.origin else { return nil }
      return [RecordedBound(bound: .infinity, origin: .signs(source: source))]
    },
    "aten::clamp_min": { clamped($0) }, "aten::clamp": { clamped($0) },
  ]

  private static func squares(_ call: RecordedCall, rootBound: Double) -> [RecordedBound]? {
    call.output.map {
      [
        RecordedBound(
          bound: .infinity, origin: .squares(rootBound: rootBound, source: $0.identity))
      ]
    }
  }

  /// Numbers cut off at a bound; roots of squares that are at least something do not move faster either.
  private static func clamped(_ call: RecordedCall) -> [RecordedBound]? {
    guard let bound = call.bound(0), call.bound(1) == nil, call.bound(2) == nil else { return nil }
    if case .squares(let root, _) = bound.origin { return squares(call, rootBound: root) }
    return [RecordedBound(bound: bound.bound)]
  }

  /// A sum or difference, the second part times a number; broadcasting a constant changes nothing.
  private static func sum(_ call: RecordedCall) -> [RecordedBound]? {
    let factor = abs(call.call.arguments[safe: 2]?.number ?? 1)
    let parts = [(call.bound(0), 1.0), (call.bound(1), factor)]
    // Where a part with a bound is repeated to fit the other, it counts several times.
    for index in [0, 1] where call.bound(index) != nil {
      guard call.tensor(index)?.shape == call.output?.shape else { return nil }
    }
    let bound = parts.reduce(0) { $0 + ($1.0?.bound ?? 0) * ($1.0 == nil ? 0 : $1.1) }
    return [RecordedBound(bound: bound)]
  }

  private static func product(_ call: RecordedCall) -> [RecordedBound]? {
    guard let first = call.bound(0) else {
      return call.bound(1).flatMap { scaled(call, $0, by: 0, tensor: 1) }
    }
    guard let second = call.bound(1) else { return scaled(call, first, by: 1, tensor: 0) }
    switch (first.origin, second.origin) {
    case (.signs(let sign), .squares(let root, let source)) where sign == source,
      (.squares(let root, let source), .signs(let sign)) where sign == source:
      return squares(call, rootBound: root)
    default:
      guard let tensor = call.tensor(0), tensor.identity == call.tensor(1)?.identity else {
        return nil
      }
      return squares(call, rootBound: first.bound)
    }
  }

  private static func scaled(
    _ call: RecordedCall, _ bound: RecordedBound, by index: Int, tensor: Int
  ) -> [RecordedBound]? {
    guard let factor = call.magnitude(index), call.tensor(tensor)?.shape == call.output?.shape
    else { return nil }
    if case .squares(let root, _) = bound.origin {
      let least = call.call.arguments[safe: index]?.number ?? call.constant(index)?.min().item
      return (least ?? -1) < 0 ? nil : squares(call, rootBound: root * factor.squareRoot())
    }
    return [RecordedBound(bound: bound.bound * factor)]
  }
}
