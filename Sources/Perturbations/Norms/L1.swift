import Foundation
import Torch

/// The sum of absolute changes.
public struct L1: Norm {
  /// The share of features that one step of an iterated attack moves.
  public let stepShare: Double

  /// The norm.
  ///
  /// - Parameter stepShare: the share of features that one step of an iterated attack moves (SLIDE:
  ///   Tramèr and Boneh, "Adversarial training and robustness for multiple perturbations", 2019).
  public init(stepShare: Double = 0.05) { self.stepShare = stepShare }

  /// `l1`.
  public var name: String { "l1" }

  /// ``LInf``.
  public var dual: any Norm { LInf() }

  /// The sum of absolute features of every example.
  public func length(of perturbation: Tensor) -> Tensor {
    perturbation.examplesFlattened.abs().sum(along: 1)
  }

  /// Every feature drawn towards zero by the same amount, at most to zero.
  ///
  /// The amount is exact, from sorted magnitudes (Duchi et al., "Efficient projections onto the
  /// l1-ball for learning in high dimensions", ICML 2008).
  public func project(_ perturbation: Tensor, radius: Double) -> Tensor {
    project(perturbation, radii: Tensor([radius]).to(perturbation.dtype).to(perturbation.device))
  }

  /// Every feature drawn towards zero by the same amount, for each example its own.
  public func project(_ perturbation: Tensor, radii: Tensor) -> Tensor {
    let flat = perturbation.examplesFlattened
    let magnitudes = flat.abs()
    let sorted = magnitudes.sorted(along: 1, descending: true).values
    let counts = (Tensor.range(0..<flat.size(1)) + 1).to(flat.dtype).to(flat.device)
    let thresholds = (sorted.cumulativeSum(along: 1) - radii.unsqueezed(1)) / counts
    // The largest threshold is the one at the last feature that stays above its own threshold.
    let threshold = thresholds.max(along: 1, keepingDimensions: true).clamped(to: 0...)
    let projected = flat.sign() * (magnitudes - threshold).clamped(to: 0...)
    return projected.reshaped(perturbation.shape)
  }

  /// The features with the largest slopes first, each as far as it can move.
  public func shortestStep(along normal: Tensor, by change: Tensor, within room: Room?) -> Tensor {
    guard let room else { return shortestStep(along: normal, by: change) }
    return HyperplaneStep(normal, change, room).steepestFirst()
  }

  /// All of it on the feature with the largest gradient.
  public func steepest(_ gradient: Tensor) -> Tensor { spread(gradient, over: 1) }

  /// Equally on the features with the largest gradients, ``stepShare`` of all.
  public func step(_ gradient: Tensor) -> Tensor {
    let count = gradient.examplesFlattened.size(1)
    return spread(gradient, over: max(1, Int((stepShare * Double(count)).rounded())))
  }

  private func spread(_ gradient: Tensor, over count: Int) -> Tensor {
    let flat = gradient.examplesFlattened
    let largest = flat.abs().top(count, along: 1).indices
    let signs = flat.gathering(largest, along: 1).sign()
    let share = signs / signs.abs().sum(along: 1, keepingDimensions: true).clamped(to: 1...)
    return Tensor.zeros(like: flat).scattering(share, at: largest, along: 1)
      .reshaped(gradient.shape)
  }

  /// The first `d` of `d + 1` spacings of exponential numbers, with random signs.
  public func randomPoints(
    _ shape: [Int], radius: Double, dtype: DType, streams: inout [RandomStream]
  ) -> Tensor {
    let size = shape.reduce(1, *)
    var values: [Double] = []
    values.reserveCapacity(streams.count * size)
    for index in streams.indices {
      let spacings = (0...size).map { _ in -Foundation.log(1 - streams[index].uniform()) }
      let total = spacings.reduce(0, +)
      for spacing in spacings.dropLast() {
        values.append((streams[index].uniform() < 0.5 ? -radius : radius) * spacing / total)
      }
    }
    return Tensor(values, shape: [streams.count] + shape).to(dtype)
  }
}
