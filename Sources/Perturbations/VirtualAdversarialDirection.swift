import Foundation
import Torch

/// The perturbation in a ball that moves a model's prediction most, to second order; it needs no
/// label (Miyato et al., "Virtual adversarial training", TPAMI 2019, section 3.3).
///
/// Near an example the divergence is `½ rᵀ H r`: its first derivative vanishes at r = 0. So the worst
/// direction is the top eigenvector of H, and power iteration finds it: `d ← H d / ‖H d‖`. With no
/// iterations the direction is random (random-point training).
///
/// The passes must see the same dropout masks, or the divergence does not vanish at r = 0 and its
/// first derivative drowns the second. Everything is per example: whatever else is in a batch changes
/// nothing, apart from what batch statistics do.
public struct VirtualAdversarialDirection: Sendable, Equatable {
  /// How the product of the Hessian with a direction is had.
  public enum Probe: Sendable, Equatable {
    /// By differentiating twice.
    case exact
    /// By the gradient at a small step, `∇D(ξ d) ≈ ξ H d`.
    ///
    /// The step is in units of the example's root mean square feature. In float32 a step of 1e-6, as
    /// in published code, is half rounding; at 1e-2 the direction is exact to four digits.
    case finiteDifference(step: Double)
  }

  /// What has a radius of its own.
  public enum Granularity: String, Sendable, Codable, CaseIterable {
    /// An example as a whole.
    case example
    /// Every position of an example, such as a token: vectors along the last dimension.
    case position
  }

  /// How far predictions have moved.
  public var divergence: Divergence
  /// The number of power iterations, at least 0.
  public var powerIterations: Int
  /// How the Hessian is asked.
  public var probe: Probe
  /// What has a radius of its own.
  public var granularity: Granularity
  /// The cosine between the direction that is used and the one that was found, in 0...1; the rest of it
  /// is random. 1 is the method; less of it is milder, as the rounding in published code was.
  public var alignment = 1.0

  /// A rule; the defaults are the reference's, but for the step.
  public init(
    divergence: Divergence = .cleanToPerturbed, powerIterations: Int = 1,
    probe: Probe = .finiteDifference(step: 1e-2), granularity: Granularity = .example
  ) {
    self.divergence = divergence
    self.powerIterations = powerIterations
    self.probe = probe
    self.granularity = granularity
  }

  /// Whether rounding in float32 spoils the direction.
  public var isBelowPrecision: Bool {
    if case .finiteDifference(let step) = probe { step < 1e-4 } else { false }
  }

  /// The perturbations of some examples, without history; on the surface of the ball, box aside.
  ///
  /// - Parameters:
  ///   - features: `[N, …]`.
  ///   - clean: the logits `[N, K]` there.
  ///   - ball: norm, radius and mask.
  ///   - streams: one for each row of `features`.
  ///   - logits: the model; it must drop the same units each time.
  public func perturbations(
    of features: Tensor, clean: Tensor, within ball: Ball, streams: inout [RandomStream],
    logits: (Tensor) throws -> Tensor
  ) rethrows -> Tensor {
    let features = features.detached()
    let shape = Array(features.shape.dropFirst())
    var direction = Tensor.normal(shape, dtype: features.dtype, perExample: &streams)
      .to(features.device)
    direction = unit(masked(direction, ball))
    for _ in 0..<powerIterations {
      let product = try product(
        with: direction, at: features, clean: clean.detached(), logits: logits)
      let next = unit(masked(product, ball))
      // Where the prediction does not depend on the input at all, the direction stays as it was.
      direction = next.where(length(next).greater(than: 0), else: direction)
    }
    if alignment < 1 {
      var other = Tensor.normal(shape, dtype: features.dtype, perExample: &streams)
      other = masked(other.to(features.device), ball)
      direction = mixed(direction, with: other)
    }
    return steepest(direction, ball) * ball.radius
  }

  /// A direction at the cosine ``alignment`` to one that was found.
  private func mixed(_ direction: Tensor, with other: Tensor) -> Tensor {
    let shared = (rows(direction) * rows(other)).examplesFlattened.sum(along: 1)
    let rest = rows(other) - rows(direction) * shared.broadcastable(toRank: rows(other).rank)
    let orthogonal = unit(rest.reshaped(direction.shape))
    return direction * alignment + orthogonal * (1 - alignment * alignment).squareRoot()
  }

  /// The product of the Hessian of the divergence at zero with a direction, in nats per squared unit
  /// of the features times the direction's unit.
  public func product(
    with direction: Tensor, at features: Tensor, clean: Tensor,
    logits: (Tensor) throws -> Tensor
  ) rethrows -> Tensor {
    switch probe {
    case .exact:
      return try hessianVectorProduct(at: features, direction: direction) {
        divergence(from: clean, to: try logits($0)).sum()
      }
    case .finiteDifference(let step):
      let size = features.examplesFlattened.squared().mean(along: 1).sqrt()
      // An example of zeros has no scale of its own.
      let scale = (size.where(size.greater(than: 0), else: 1) * step)
        .broadcastable(toRank: features.rank)
      return try valueAndGradient(at: features + direction * scale) {
        divergence(from: clean, to: try logits($0)).sum()
      }.gradient / scale
    }
  }

  private func masked(_ direction: Tensor, _ ball: Ball) -> Tensor {
    ball.mask.map { direction * $0 } ?? direction
  }

  private func rows(_ tensor: Tensor) -> Tensor {
    granularity == .position ? tensor.reshaped([-1, tensor.size(-1)]) : tensor
  }

  private func length(_ direction: Tensor) -> Tensor {
    let lengths = L2().length(of: rows(direction))
    guard granularity == .position else { return lengths.broadcastable(toRank: direction.rank) }
    return lengths.reshaped(Array(direction.shape.dropLast()) + [1])
  }

  /// Directions of Euclidean length 1; zero where they are zero.
  private func unit(_ direction: Tensor) -> Tensor {
    L2().steepest(rows(direction)).reshaped(direction.shape)
  }

  private func steepest(_ direction: Tensor, _ ball: Ball) -> Tensor {
    ball.norm.steepest(rows(direction)).reshaped(direction.shape)
  }
}
