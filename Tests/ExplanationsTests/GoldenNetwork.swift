import Explanations
import Foundation
import Perturbations
import Torch

/// A network of closed form, with the maps that other implementations gave on it.
///
/// One input `[1, 1, 8, 8]` goes through two convolutions, one followed by sorting pairs of channels and one
/// by rectification, root-sum-square pooling and a linear layer to 3 logits.
enum GoldenNetwork {
  /// A number that is not where it should be in the fixture.
  struct Missing: Error { let path: [String] }

  /// The class that is explained.
  static let classNumber = 1

  /// The network, with an ear at the second convolution.
  static let tap = FeatureTap(layer: "conv2") { inputs in
    let first = inputs.convolved2D(
      weight([4, 1, 3, 3], 0.5), bias: weight([4], 0.1), padding: [1, 1])
    let pairs = first.reshaped([-1, 2, 2, 8, 8])
    let sorted = Tensor.stacked([pairs.min(along: 2), pairs.max(along: 2)], along: 2)
    let features = sorted.reshaped([-1, 4, 8, 8]).convolved2D(
      weight([4, 4, 3, 3], 0.3), bias: weight([4], 0.1), padding: [1, 1])
    let pooled = (features.relu().squared().averagePooled2D(size: 2) * 4).sqrt()
    let logits = pooled.flattened(from: 1).linear(weight([3, 64], 0.2), bias: weight([3], 0.05))
    return (features, logits)
  }

  /// The network.
  static let target = Target(classCount: 3) { try tap($0).logits }

  /// What is asked: the logit of one class, against zeros.
  static func question() -> Question {
    Question(target, focus: .classNumber(classNumber), tap: tap)
  }

  /// The input.
  static var batch: Batch {
    let values = (0..<64).map { 0.5 * cos(0.37 * Double($0)) + 0.5 }
    return Batch(inputs: Tensor(values, shape: [1, 1, 8, 8]), labels: Tensor([0]), indices: [0])
  }

  /// The noise of the noisy methods.
  static var noise: Tensor {
    Tensor((0..<5 * 64).map { 0.2 * sin(1.7 * Double($0)) }, shape: [5, 1, 8, 8])
  }

  /// The masks of μ-fidelity, one where a pixel is kept.
  static var masks: Tensor {
    Tensor((0..<30 * 64).map { sin(0.91 * Double($0)) > -0.6 ? 1.0 : 0 }, shape: [30, 64])
  }

  private static func weight(_ shape: [Int], _ size: Double) -> Tensor {
    Tensor((0..<shape.reduce(1, *)).map { sin(Double($0 + 1)) * size }, shape: shape)
  }

  /// Numbers of the fixture by the keys that lead to them.
  static func golden(_ path: String...) throws -> [Double] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/explanations/golden.json")
    var found: Any? = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    for key in path { found = (found as? [String: Any])?[key] }
    if let values = found as? [Double] { return values }
    guard let value = found as? Double else { throw Missing(path: path) }
    return [value]
  }

  /// A map of the fixture, as the result of a method.
  static func result(_ map: [Double]) -> AttributionResult {
    AttributionResult(
      method: "given", indices: [0], classes: [classNumber], scores: [0],
      maps: Tensor(map, shape: [1, 1, 8, 8]))
  }
}

/// The largest difference between two lists of numbers.
func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
