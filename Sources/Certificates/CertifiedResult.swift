import Torch

/// What a certificate says, example by example.
public struct CertifiedResult: Sendable, Equatable {
  /// How sure it is.
  public enum Guarantee: Sendable, Equatable {
    /// It is a proof about the very model.
    case deterministic
    /// It is about the model smoothed with noise of a standard deviation, and holds with a probability
    /// for every example by itself, over the draws of noise.
    case smoothed(sigma: Double, probability: Double)
  }

  /// The name of the method.
  public var method: String
  /// The norm in which radii are measured.
  public var norm: String
  /// How sure it is.
  public var guarantee: Guarantee
  /// Which examples these are.
  public var indices: [Int]
  /// The class that is certified; `nil` where the method abstains.
  public var predicted: [Int?]
  /// Whether that is the true class.
  public var correct: [Bool]
  /// No perturbation that is shorter than this changes the class, which is the true one: 0 where it is
  /// not or the method abstains, `nil` where it cannot say.
  public var radius: [Double?]
  /// What the probability of the class under noise is at least, where the method has such.
  public var lowerProbability: [Double?]

  /// A result of as many entries each.
  public init(
    method: String, norm: String, guarantee: Guarantee, indices: [Int], predicted: [Int?],
    correct: [Bool], radius: [Double?], lowerProbability: [Double?]? = nil
  ) {
    self.method = method
    self.norm = norm
    self.guarantee = guarantee
    self.indices = indices
    self.predicted = predicted
    self.correct = correct
    self.radius = radius
    self.lowerProbability = lowerProbability ?? indices.map { _ in nil }
  }

  /// The number of examples.
  public var count: Int { indices.count }

  /// Whether each example is right and stays so under every perturbation of a length: at 0 whether it
  /// is right.
  public func isCertified(at radius: Double) -> [Bool] {
    zip(correct, self.radius).map { correct, certified in
      correct && (radius <= 0 || (certified ?? 0) > radius)
    }
  }

  /// The share of examples that are right and stay so under every perturbation of a length; not a
  /// number when there are none.
  public func certifiedAccuracy(at radius: Double) -> Double {
    Double(isCertified(at: radius).filter { $0 }.count) / Double(count)
  }

  /// The share of examples that the method says nothing about; not a number when there are none.
  public var abstentionShare: Double {
    Double(predicted.filter { $0 == nil }.count) / Double(count)
  }

  /// Several results of one method, one after the other.
  ///
  /// - Parameter results: at least one.
  static func joined(_ results: [CertifiedResult]) -> CertifiedResult {
    var all = results[0]
    for result in results.dropFirst() {
      all.indices += result.indices
      all.predicted += result.predicted
      all.correct += result.correct
      all.radius += result.radius
      all.lowerProbability += result.lowerProbability
    }
    return all
  }
}
