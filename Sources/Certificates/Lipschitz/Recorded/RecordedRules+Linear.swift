import Networks
import Torch

extension RecordedRules {
  /// Matrices, convolutions and normalisations with constant weights.
  static let linear: [String: Rule] = [
    "aten::linear": { call in affine(call, input: 0, weight: call.constant(1)) },
    "aten::addmm": { call in
      // bias, features, transposed weight; both may be scaled.
      let scale = call.call.arguments[safe: 4]?.number ?? 1
      return affine(call, input: 1, weight: call.constant(2).map { $0.transposed() * scale })
    },
    "aten::mm": { call in affine(call, input: 0, weight: call.constant(1)?.transposed()) },
    "aten::matmul": { call in
      guard let weight = call.constant(1), weight.rank == 2 else { return nil }
      return affine(call, input: 0, weight: weight.transposed())
    },
    "aten::conv2d": { convolution($0, stride: 3, padding: 4, dilation: 5, groups: 6) },
    "aten::_convolution_mode": { convolution($0, stride: 3, padding: 4, dilation: 5, groups: 6) },
    "aten::_convolution": { transposable($0) },
    "aten::convolution": { transposable($0) },
    "aten::pad": { padded($0) },
    "aten::batch_norm": { call in
      guard let bound = call.bound(0), case .flag(false) = call.call.arguments[safe: 5],
        let variance = call.constant(4), let epsilon = call.call.arguments[safe: 7]?.number
      else { return nil }
      let deviation = (variance + epsilon).sqrt()
      let scale = call.constant(1).map { $0 / deviation } ?? 1 / deviation
      var result = RecordedBound(
        bound: bound.bound * scale.abs().max().item * SpectralNorm.slack)
      if case .affine(let before, let weight) = bound.origin {
        result.origin = .affine(before: before, weight: weight * scale.unsqueezed(1))
      }
      return [result]
    },
  ]

  private static func affine(
    _ call: RecordedCall, input: Int, weight: Tensor?
  ) -> [RecordedBound]? {
    guard let bound = call.bound(input), let weight, weight.rank == 2 else { return nil }
    let others = [0, 1, 2].filter { $0 != input }
    guard !others.contains(where: { call.bound($0) != nil }) else { return nil }
    return [
      RecordedBound(
        bound: bound.bound * SpectralNorm.upperBound(of: weight),
        origin: .affine(before: bound.bound, weight: weight))
    ]
  }

  private static func transposable(_ call: RecordedCall) -> [RecordedBound]? {
    guard case .flag(false) = call.call.arguments[safe: 6] else { return nil }
    return convolution(call, stride: 3, padding: 4, dilation: 5, groups: 8)
  }

  private static func convolution(
    _ call: RecordedCall, stride: Int, padding: Int, dilation: Int, groups: Int
  ) -> [RecordedBound]? {
    guard let bound = call.bound(0), let input = call.tensor(0), input.rank == 4,
      let weight = call.constant(1), weight.rank == 4, weight.size(2) == weight.size(3),
      call.bound(2) == nil, let step = call.integer(stride), let spread = call.integer(dilation),
      let count = call.integers(groups)?.first
    else { return nil }
    var amount = call.integer(padding)
    if case .text(let mode) = call.call.arguments[safe: padding] {
      // An even kernel is padded on one side more, which no number says.
      let span = spread * (weight.size(2) - 1)
      amount = mode == "valid" ? 0 : span % 2 == 0 ? span / 2 : nil
    }
    guard var amount else { return nil }
    var (mode, before) = (ConvolutionPadding.zeros, bound.bound)
    var size = Array(input.shape.suffix(2))
    if case .padded(let bound, let border, let kind) = bound.origin, amount == 0 {
      (mode, before, amount) = (kind, bound, border)
      size = size.map { $0 - 2 * border }
    }
    let norm = ConvolutionNorm(
      weight: weight, stride: step, padding: amount, mode: mode, dilation: spread, groups: count,
      imageSize: size)
    return [RecordedBound(bound: before * norm.upperBound)]
  }

  /// The same number of pixels at the four edges of images.
  private static func padded(_ call: RecordedCall) -> [RecordedBound]? {
    let modes: [String: ConvolutionPadding] = [
      "constant": .zeros, "circular": .circular, "reflect": .reflect, "replicate": .replicate,
    ]
    guard let bound = call.bound(0), let input = call.tensor(0), input.rank == 4,
      let amounts = call.integers(1), amounts.count == 4, let amount = call.integer(1),
      amount >= 0, case .text(let name) = call.call.arguments[safe: 2], let mode = modes[name]
    else { return nil }
    let value = call.call.arguments[safe: 3]?.number ?? 0
    // Each pixel is there as often as a kernel of one pixel sees it.
    let counts = input.shape.suffix(2).compactMap {
      PatchMultiplicity.largest(size: $0, kernel: 1, stride: 1, padding: amount, mode: mode)
    }
    guard counts.count == 2 else { return nil }
    let factor = Double(counts[0] * counts[1]).squareRoot()
    return [
      RecordedBound(
        bound: bound.bound * factor,
        origin: mode == .zeros && value != 0
          ? .plain : .padded(bound: bound.bound, amount: amount, mode: mode))
    ]
  }
}
