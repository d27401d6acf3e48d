import Networks
import Perturbations
import Torch

/// How fast the differences of logits can change with the input, in the Euclidean norm.
struct MarginSpeeds: Sendable {
  /// For every pair of classes, `[K][K]`; one number for all where the network has no linear head.
  private let pairs: [[Double]]
  private let common: Double

  init(_ frozen: FrozenNetwork, head kind: LipschitzMargin.Head) throws {
    var stages = frozen.network.flatStages
    let head = AffineHead(takenFrom: &stages)
    var shape = frozen.inputShape
    let bound = try LipschitzBound.product(of: stages, in: L2(), inputShape: &shape)
    self.init(
      before: bound, weight: head?.weight, head: kind,
      isSign: shape == [1] && frozen.classCount == 2)
  }

  /// The speeds of what a TorchScript model computes.
  init(_ recorded: RecordedNetwork, classCount: Int, head kind: LipschitzMargin.Head) {
    let isSign = recorded.outputShape.last == 1 && classCount == 2
    guard case .affine(let before, let weight) = recorded.output.origin else {
      self.init(before: recorded.output.bound, weight: nil, head: kind, isSign: isSign)
      return
    }
    let logits = isSign ? Tensor.concatenated([weight * -0.5, weight * 0.5]) : weight
    self.init(before: before, weight: logits, head: kind, isSign: isSign)
  }

  /// - Parameters:
  ///   - bound: a bound on everything before the linear head, or on the whole network.
  ///   - weight: the head's weight, `[K, D]`.
  ///   - isSign: whether the network has one output, whose sign decides between two classes.
  private init(before bound: Double, weight: Tensor?, head kind: LipschitzMargin.Head, isSign: Bool)
  {
    let before = bound * SpectralNorm.slack
    switch (kind, weight) {
    case (_, nil):
      // One output is the difference of its two logits.
      common = before * (isSign ? 1 : kind == .perClass ? 2 : 2.squareRoot())
      pairs = []
    case (.joint, .some(let weight)):
      common = before * SpectralNorm.upperBound(of: weight) * 2.squareRoot()
      pairs = []
    case (.perClass, .some(let weight)):
      common = before * weight.norm(along: [1]).max().item * 2
      pairs = []
    case (.pairwise, .some(let weight)):
      common = 0
      pairs = (0..<weight.size(0)).map { label in
        ((weight[label] - weight).norm(along: [1]) * before).values(as: Double.self)
      }
    }
  }

  /// The radius within which a class stays ahead of all others.
  ///
  /// - Parameter allowance: what logits may be wrong by, in shares of the largest.
  func radius(_ logits: [Double], label: Int, allowance: Double) -> Double {
    let largest = logits.reduce(0) { max($0, abs($1)) }
    return logits.indices.filter { $0 != label }.reduce(Double.infinity) { least, other in
      let margin = logits[label] - logits[other] - 2 * allowance * largest
      let speed = pairs.isEmpty ? common : pairs[label][other]
      return min(least, margin > 0 ? margin / speed : 0)
    }
  }
}
