import Torch

/// What an attack found, example by example.
public struct AttackResult: Sendable {
  /// Which examples these are.
  public var indices: [Int]
  /// Inputs that make the model fail where ``success`` is true, else those that came closest; inside
  /// the ball in either case.
  public var adversarial: Tensor
  /// Whether the model fails on the adversarial input; true at once where it failed on the clean
  /// one.
  public var success: [Bool]
  /// How long the perturbation is, in units of the ball; `nil` where the attack failed.
  public var distance: [Double?]
  /// The steps (or draws) spent.
  public var iterations: [Int]
  /// The forward passes spent.
  public var queries: [Int]
  /// The backward passes spent.
  public var gradients: [Int]
  /// The name of the attack that broke an example: `clean` where the model failed without one, `nil`
  /// where it did not fail.
  public var brokenBy: [String?]

  /// A result of as many entries each.
  public init(
    indices: [Int], adversarial: Tensor, success: [Bool], distance: [Double?], iterations: [Int],
    queries: [Int], gradients: [Int], brokenBy: [String?]? = nil
  ) {
    self.indices = indices
    self.adversarial = adversarial
    self.success = success
    self.distance = distance
    self.iterations = iterations
    self.queries = queries
    self.gradients = gradients
    self.brokenBy = brokenBy ?? success.map { _ in nil }
  }

  /// The number of examples.
  public var count: Int { indices.count }

  /// The share of examples on which the model did not fail; not a number when there are none.
  public var robustAccuracy: Double {
    success.isEmpty ? .nan : Double(success.filter { !$0 }.count) / Double(success.count)
  }

  /// Several results, one after the other.
  public static func joined(_ results: [AttackResult]) -> AttackResult {
    AttackResult(
      indices: results.flatMap(\.indices),
      adversarial: Tensor.concatenated(results.map(\.adversarial)),
      success: results.flatMap(\.success), distance: results.flatMap(\.distance),
      iterations: results.flatMap(\.iterations), queries: results.flatMap(\.queries),
      gradients: results.flatMap(\.gradients), brokenBy: results.flatMap(\.brokenBy))
  }
}
