import Torch

/// The support vector machine, by the method of multipliers with semismooth Newton steps inside.
///
/// The multipliers a of the margins, in [0, 1/n], are moved to `clip(a + s (1 - y (w·x + b)))`, where (w, b)
/// minimises the augmented Lagrangian, a smooth function of piecewise constant Hessian: a few Newton steps
/// in the few examples whose multiplier is between its bounds. The bias is free, so multipliers of both
/// classes weigh the same; of all biases that are as good the middle is taken. A level is done at a small
/// duality gap, which is computed, not estimated.
struct HingeSolver: LinearSolver {
  private let problem: BinaryProblem
  private let tolerance: Double
  /// What multipliers are at most.
  private let bound: Double
  private var multipliers: Tensor
  private var bias = 0.0
  /// Whether the last level's multipliers are all below their bound and nothing is inside of the margin.
  private(set) var isSeparated = false

  /// At the start all examples are inside of the margin, as they are under strong regularisation.
  init(_ problem: BinaryProblem, tolerance: Double) {
    self.problem = problem
    self.tolerance = tolerance
    bound = 1 / Double(problem.count)
    let least = Double(min(problem.negativeCount, problem.positiveCount)) * bound
    multipliers = Tensor.concatenated([
      .full([problem.negativeCount], least / Double(problem.negativeCount), dtype: .float64),
      .full([problem.positiveCount], least / Double(problem.positiveCount), dtype: .float64),
    ])
  }

  mutating func fit(_ lambda: Double) throws -> LinearFit {
    var state = AugmentedHinge(
      problem: problem, lambda: lambda, bound: bound, multipliers: multipliers, bias: bias)
    var iterations = 0
    // Small at first: every level begins with a problem that Newton's steps solve at once.
    var penalty = 2 * bound
    var best = state.candidate()
    for _ in 0..<120 where best.gap > tolerance * best.objective {
      let wanted = 0.1 * max(min(best.gap, 1e-2 * best.objective), tolerance * best.objective)
      let steps = state.minimise(penalty: penalty, error: wanted)
      iterations += steps.count
      guard steps.isDone else {
        penalty = max(penalty / 10, 1e-6 * bound)
        continue
      }
      state.moveMultipliers(penalty: penalty)
      penalty = min(penalty * 3, 1e6 * bound)
      let next = state.candidate()
      if next.gap < best.gap { best = next }
    }
    guard best.gap <= max(tolerance, 1e-12) * best.objective else {
      throw LinearGeometryError.notConverged(
        loss: "hinge", lambda: lambda, gap: best.gap / best.objective)
    }
    multipliers = best.multipliers
    bias = (best.biases.lowerBound + best.biases.upperBound) / 2
    isSeparated = best.multipliers.max().item < bound * (1 - 1e-9)
    let classifier = problem.classifier(weight: best.weight, bias: bias)
    let shift = classifier.bias - bias
    return LinearFit(
      lambda: lambda, classifier: classifier, objective: best.objective, risk: best.risk,
      relativeGap: max(0, best.gap / best.objective),
      biases: (best.biases.lowerBound + shift)...(best.biases.upperBound + shift),
      iterations: iterations)
  }
}
