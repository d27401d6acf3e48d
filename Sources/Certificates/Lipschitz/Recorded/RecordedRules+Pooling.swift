import Networks
import Torch

extension RecordedRules {
  /// Windows of images.
  static let pooling: [String: Rule] = [
    "aten::max_pool2d": { call in
      guard let bound = call.bound(0), let copies = copies(call), call.integer(4) ?? 1 == 1 else {
        return nil
      }
      return [RecordedBound(bound: bound.bound * copies)]
    },
    "aten::avg_pool2d": { call in
      guard let bound = call.bound(0), let copies = copies(call), let size = call.integer(1),
        call.integer(3) ?? 0 == 0, call.call.arguments[safe: 6]?.number == nil
      else { return nil }
      let factor = copies / Double(size) * SpectralNorm.slack
      if case .squares(let root, _) = bound.origin, let output = call.output {
        return [
          RecordedBound(
            bound: .infinity,
            origin: .squares(rootBound: root * factor, source: output.identity))
        ]
      }
      return [RecordedBound(bound: bound.bound * factor)]
    },
    "aten::adaptive_avg_pool2d": { call in
      guard let bound = call.bound(0), call.integer(1) == 1, let input = call.tensor(0) else {
        return nil
      }
      let places = Double(input.size(-1) * input.size(-2)).squareRoot()
      return [RecordedBound(bound: bound.bound / places * SpectralNorm.slack)]
    },
    "aten::mean": { call in
      guard let bound = call.bound(0), let input = call.tensor(0), let axes = call.integers(1),
        !axes.isEmpty, axes.allSatisfy({ $0 % input.rank != 0 })
      else { return nil }
      let places = axes.reduce(1) { $0 * input.size($1) }
      return [RecordedBound(bound: bound.bound / Double(places).squareRoot() * SpectralNorm.slack)]
    },
  ]

  /// How many windows a pixel is in, in one direction.
  private static func copies(_ call: RecordedCall) -> Double? {
    guard let size = call.integer(1) else { return nil }
    let stride = call.integers(2)?.isEmpty == false ? call.integer(2) : size
    return stride.map { Double((size + $0 - 1) / $0) }
  }
}
