import Perturbations
import Torch

/// An attribution made of gradients at noisy copies of the input.
protocol NoisyGradients: SampledAttribution
where Layout == [Int], Plan == Tensor?, Part == GradientMoments {
  /// How many copies.
  var samples: Int { get }
  /// The noise's standard deviation.
  var deviation: Double { get }
  /// Whether the deviation is a share of the range of each example's values.
  var isRelative: Bool { get }
  /// What is added to copies, `[S, …]`, the same for all examples; normal noise is drawn when `nil`.
  var noise: Tensor? { get }
  /// Whether the map depends on how much gradients differ.
  var needsSpread: Bool { get }
  /// The map, from the moments of the gradients of all copies.
  func map(_ moments: GradientMoments) -> Tensor
}

/// How many gradients there were, their mean and the sum of their squared differences from it.
struct GradientMoments: Sendable {
  let count: Int
  let mean: Tensor
  /// Zeros where nobody asks for it.
  let spread: Tensor

  /// The moments of gradients `[S, …]`.
  init(of gradients: Tensor, withSpread: Bool) {
    let gradients = gradients.to(.float64)
    count = gradients.size(0)
    mean = gradients.mean(along: [0], keepingDimensions: true)
    spread =
      withSpread
      ? (gradients - mean).squared().sum(along: [0], keepingDimensions: true)
      : Tensor.zeros(like: mean)
  }

  private init(count: Int, mean: Tensor, spread: Tensor) {
    self.count = count
    self.mean = mean
    self.spread = spread
  }

  /// The moments of both (Chan, Golub and LeVeque, 1979), which lose nothing to cancellation.
  func joined(with other: GradientMoments) -> GradientMoments {
    let (a, b) = (Double(count), Double(other.count))
    let difference = other.mean - mean
    return GradientMoments(
      count: count + other.count, mean: mean + difference * (b / (a + b)),
      spread: spread + other.spread + difference.squared() * (a * b / (a + b)))
  }
}

extension NoisyGradients {
  var takesGradients: Bool { true }
  var needsSpread: Bool { true }

  func layout(for shape: [Int]) throws -> [Int] {
    if let noise, noise.rank < 1 || Array(noise.shape.dropFirst()) != shape || noise.size(0) < 1 {
      throw ExplanationError.shape(
        name: "noise", shape: noise.shape, expected: "[samples] and then \(shape)")
    }
    return shape
  }

  func sampleCount(_ layout: [Int]) -> Int { noise?.size(0) ?? samples }

  /// The noise of a block is drawn when its turn comes; there is none to be kept.
  func plan(_ example: Posed, _ layout: [Int], _ context: Context) throws -> Tensor? { noise }

  func part(
    _ range: Range<Int>, _ example: Posed, _ plan: Tensor?, _ layout: [Int], _ question: Question,
    _ context: Context
  ) throws -> GradientMoments {
    let input = example.input
    let added = plan.map { $0[range] } ?? drawn(range, example, layout, context)
    let rows = input + added.to(input.dtype).to(input.device)
    return GradientMoments(
      of: try example.gradients(rows, question), withSpread: needsSpread)
  }

  private func drawn(
    _ range: Range<Int>, _ example: Posed, _ shape: [Int], _ context: Context
  ) -> Tensor {
    let spread = isRelative ? (example.input.max() - example.input.min()).item : 1
    // A stream a copy: the noise depends on the copy, not on the block it is in.
    let streams = range.map { number in
      RandomStream(
        seed: context.seed, purpose: "explain.noise.\(number)", index: UInt64(example.index))
    }
    return Tensor.normal(shape, rows: streams) * (deviation * spread)
  }

  func outcome(
    _ parts: [GradientMoments], _ example: Posed, _ plan: Tensor?, _ layout: [Int]
  ) throws -> Outcome {
    guard let first = parts.first else {
      throw ExplanationError.samples(method: name, 0, needed: 1)
    }
    let moments = parts.dropFirst().reduce(first) { $0.joined(with: $1) }
    return Outcome(map: map(moments).to(example.input.dtype))
  }

  /// The settings that all of them have.
  static func noiseOptions(
    samples: any WritableKeyPath<Self, Int> & Sendable,
    deviation: any WritableKeyPath<Self, Double> & Sendable,
    isRelative: any WritableKeyPath<Self, Bool> & Sendable
  ) -> [AttributionOption<Self>] {
    [
      AttributionOption("samples", samples, "Noisy copies of the input."),
      AttributionOption(
        "deviation", deviation, in: 0...1e6, "The standard deviation of the noise."),
      AttributionOption(
        "relative", isRelative,
        "The deviation is a share of the range of the example's values, as in the paper."),
    ]
  }
}
