import Torch

/// A rule that looks for a perturbation inside a ball that makes a model fail.
///
/// Attacks are small values: settings and one method. To add one, write it in a file of its own and
/// name it in ``Attacks/all``.
public protocol Attack: Sendable {
  /// The name in ids and on the command line, such as `pgd`.
  var name: String { get }
  /// Every setting with its value, for reports.
  var settings: [(name: String, value: String)] { get }
  /// Attacks a batch.
  ///
  /// The result of an example depends on the example, its index, the settings and the seed; not on
  /// the batch it is in.
  ///
  /// - Throws: ``PerturbationError`` for settings that make no sense, or what the target throws.
  func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult
}

/// What an attack found, example by example.
public struct AttackResult: Sendable {
  /// Which examples these are.
  public var indices: [Int]
  /// Inputs that make the model fail where ``success`` is true, else those that came closest.
  public var adversarial: Tensor
  /// Whether the model fails on the adversarial input; true at once where it failed on the clean
  /// one.
  public var success: [Bool]
  /// How long the perturbation is, in units of the ball; `nil` where the attack failed.
  public var distance: [Double?]
  /// The gradient steps (or draws) spent.
  public var iterations: [Int]
  /// The forward passes spent.
  public var queries: [Int]

  /// A result of as many entries each.
  public init(
    indices: [Int], adversarial: Tensor, success: [Bool], distance: [Double?], iterations: [Int],
    queries: [Int]
  ) {
    self.indices = indices
    self.adversarial = adversarial
    self.success = success
    self.distance = distance
    self.iterations = iterations
    self.queries = queries
  }

  /// The share of examples on which the model did not fail.
  public var robustAccuracy: Double {
    success.isEmpty ? .nan : Double(success.filter { !$0 }.count) / Double(success.count)
  }

  /// Several results, one after the other.
  public static func joined(_ results: [AttackResult]) -> AttackResult {
    AttackResult(
      indices: results.flatMap(\.indices),
      adversarial: Tensor.concatenated(results.map(\.adversarial)),
      success: results.flatMap(\.success), distance: results.flatMap(\.distance),
      iterations: results.flatMap(\.iterations), queries: results.flatMap(\.queries))
  }
}
