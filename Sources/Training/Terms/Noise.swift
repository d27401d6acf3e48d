import Networks
import Torch

/// Random changes of a network's inputs or weights: each has mean 0 and a standard deviation.
public struct Noise: Sendable, Equatable {
  /// What the numbers are drawn from.
  public enum Distribution: String, Sendable, CaseIterable {
    /// The normal distribution.
    case normal
    /// Between `-√3` and `√3` deviations, all values equally likely.
    case uniform
    /// Zero with a probability, and scaled up otherwise, so that the mean stays: dropout of the
    /// values themselves.
    case bernoulli
  }

  /// What is changed.
  public enum Place: String, Sendable, CaseIterable {
    /// The inputs, example by example.
    case inputs
    /// The weights, once for all examples.
    case weights
  }

  /// What the numbers are drawn from.
  public var distribution = Distribution.normal
  /// What is changed.
  public var place = Place.inputs
  /// The standard deviation, in the data's or the weights' unit; for ``Distribution/bernoulli`` the
  /// probability of zero, below 1.
  public var deviation: Double

  /// Normal noise on inputs.
  public init(deviation: Double) { self.deviation = deviation }

  /// Runs the network with noise of one purpose on examples, or on the weights.
  func logits(
    _ step: StepContext, at view: ExampleView, _ pass: Pass, purpose: String
  ) -> Tensor {
    switch place {
    case .inputs:
      var streams = step.streams(purpose, examples: view.indices)
      let shape = Array(view.features.shape.dropFirst())
      let draw = numbers(shape, view.features.dtype) { shape, dtype in
        .uniform(shape, dtype: dtype, perExample: &streams)
      } normal: { shape, dtype in
        .normal(shape, dtype: dtype, perExample: &streams)
      }
      return view.logits(at: applied(draw.to(view.features.device), view.features, view.mask), pass)
    case .weights:
      let parameters = step.model.parameters
      let changed = parameters.enumerated().map { index, parameter in
        let generator = Generator(
          seed: step.context.seed, purpose: "\(purpose).\(step.step)", index: UInt64(index))
        let value = parameter.value
        let draw = numbers(value.shape, value.dtype) { shape, dtype in
          .uniform(shape, dtype: dtype, using: generator)
        } normal: { shape, dtype in
          .normal(shape, dtype: dtype, using: generator)
        }
        return applied(draw.to(value.device), value, nil)
      }
      return parameters.withValues(changed) { view.logits(at: view.features, pass) }
    }
  }

  /// Numbers of mean 0 that are added, or factors of mean 1 for ``Distribution/bernoulli``.
  private func numbers(
    _ shape: [Int], _ dtype: DType, uniform: ([Int], DType) -> Tensor,
    normal: ([Int], DType) -> Tensor
  ) -> Tensor {
    switch distribution {
    case .normal: normal(shape, dtype) * deviation
    case .uniform: (uniform(shape, dtype) * 2 - 1) * (3.0.squareRoot() * deviation)
    case .bernoulli:
      uniform(shape, dtype).greaterOrEqual(to: deviation).to(dtype) / (1 - deviation)
    }
  }

  private func applied(_ draw: Tensor, _ value: Tensor, _ mask: Tensor?) -> Tensor {
    guard distribution != .bernoulli else { return value * draw }
    return value + (mask.map { draw * $0 } ?? draw)
  }
}

extension Noise {
  static let options = ["distribution", "place", "deviation"]

  init(_ options: TermOptions) throws(TrainingError) {
    distribution = try options.choice("distribution", default: .normal)
    place = try options.choice("place", default: .inputs)
    let isShare = distribution == .bernoulli
    deviation = try options.number(
      "deviation", default: 0.1, in: 0...(isShare ? 1.0.nextDown : 1e6),
      isShare ? "at least 0 and below 1" : "zero or positive")
  }
}
