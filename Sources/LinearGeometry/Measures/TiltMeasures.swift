import Foundation
import Torch

/// How a hyperplane lies between two classes.
public struct TiltMeasures: Sendable, Hashable {
  /// θ, the tilting angle: between the normal ŵ and ẑ = (j - i) / |j - i|, in radians, 0 to π. `nil` where
  /// the centroids coincide or w is zero.
  public let angle: Double?
  /// |w|.
  public let norm: Double
  /// b' = b / |w| with the examples' mean as origin.
  public let offset: Double
  /// d_adv, the class-balanced adversarial distance `½ (mean_J d - mean_I d) = ½ |j - i| cos θ`.
  public let adversarialDistance: Double
  /// The same with every example weighing the same, `mean y d`; it depends on b' where classes are not
  /// balanced.
  public let plainAdversarialDistance: Double
  /// ½ |j - i|, which d_adv cannot exceed.
  public let largestAdversarialDistance: Double
  /// d_err, the mean distance by which examples are on the wrong side, right ones counting 0.
  public let errorDistance: Double
  /// The share of examples on the wrong side or on the boundary.
  public let error: Double
  /// The least signed distance y d: the margin, negative where an example is on the wrong side.
  public let margin: Double

  /// Measures a classifier on the examples of a problem.
  public init(_ classifier: LinearClassifier, on problem: BinaryProblem) {
    let (weight, bias) = problem.reduced(classifier)
    // Also what the weight has along features that do not vary here counts for distances.
    let norm = classifier.norm
    let signed = (problem.features.matmul(weight) + bias) / norm * problem.signs
    let split = problem.negativeCount
    let halves = [signed[0..<split], signed[split..<problem.count]].map { $0.mean().item }
    self.norm = norm
    offset = bias / norm
    adversarialDistance = (halves[0] + halves[1]) / 2
    plainAdversarialDistance = signed.mean().item
    largestAdversarialDistance = problem.largestAdversarialDistance
    errorDistance = (signed * -1).relu().mean().item
    error = signed.lessOrEqual(to: 0).to(.float64).mean().item
    margin = signed.min().item
    angle = Self.angle(between: classifier.weight, and: problem.centroidDifference)
  }

  /// 1 / |w|, the distance at which scores are one; the margin of a hard-margin classifier.
  public var inverseNorm: Double { 1 / norm }

  /// The angle between two vectors, exact also for small ones; `nil` where one has no direction.
  public static func angle(between first: Tensor, and second: Tensor) -> Double? {
    let lengths = [first, second].map { $0.norm().item }
    guard lengths.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let (one, other) = (first / lengths[0], second / lengths[1])
    // Kahan: acos loses half of the digits near 0.
    return 2 * atan2((one - other).norm().item, (one + other).norm().item)
  }
}
