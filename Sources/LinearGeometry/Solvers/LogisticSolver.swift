import Torch

/// Logistic regression by L-BFGS with the Hessian of an earlier level as preconditioner.
///
/// A Hessian costs as much as hundreds of gradients and changes little from one level to the next, so it is
/// formed again only when the steps become many; the penalty in it is always that of the level.
struct LogisticSolver: LinearSolver {
  private let problem: BinaryProblem
  private let tolerance: Double
  /// w and, last, b.
  private var point: Tensor
  private var previous: Tensor?
  /// `Xᵀ D X / n` of features and a column of ones, where there is one.
  private var curvature: Tensor?
  private var lastSteps = 0
  private static let stepsWorthAHessian = 5

  init(_ problem: BinaryProblem, tolerance: Double) {
    self.problem = problem
    self.tolerance = tolerance
    let share = Double(problem.positiveCount) / Double(problem.negativeCount)
    let bias = Tensor([share]).to(.float64).log()
    point = Tensor.concatenated([.zeros([problem.reducedCount], dtype: .float64), bias])
  }

  mutating func fit(_ lambda: Double) throws -> LinearFit {
    // The path is smooth in ln lambda, and levels are evenly spaced in it more often than not.
    let start = previous.map { point * 2 - $0 } ?? point
    let before = point
    var objective = LogisticObjective(problem: problem, lambda: lambda, point: start)
    if previous != nil {
      let plain = LogisticObjective(problem: problem, lambda: lambda, point: point)
      if plain.value < objective.value { objective = plain }
    }
    var (steps, rounds) = (0, 0)
    while !objective.isDone(tolerance), rounds < 60 {
      if curvature == nil || lastSteps > Self.stepsWorthAHessian || rounds > 0 {
        curvature = objective.curvature()
      }
      let taken = try descend(&objective)
      steps += taken
      rounds += 1
      if taken == 0 { break }
    }
    guard objective.isDone(max(tolerance, 1e-10)) else {
      throw LinearGeometryError.notConverged(
        loss: "softplus", lambda: lambda, gap: objective.gap / objective.value)
    }
    lastSteps = steps
    previous = before
    point = objective.point
    let classifier = problem.classifier(weight: objective.weight, bias: objective.bias)
    return LinearFit(
      lambda: lambda, classifier: classifier, objective: objective.value, risk: objective.risk,
      relativeGap: max(0, objective.gap / objective.value),
      biases: classifier.bias...classifier.bias, iterations: steps)
  }

  /// Up to twelve quasi-Newton steps.
  private func descend(_ objective: inout LogisticObjective) throws -> Int {
    guard let curvature else { return 0 }
    let factor = objective.factor(of: curvature)
    var memory: [(step: Tensor, change: Tensor, product: Double)] = []
    for count in 0..<12 {
      if objective.isDone(tolerance) { return count }
      var direction = objective.gradient
      var shares: [Double] = []
      for entry in memory.reversed() {
        let share = entry.step.dot(direction).item / entry.product
        direction = direction - entry.change * share
        shares.append(share)
      }
      direction = Self.solve(factor, direction)
      for (entry, share) in zip(memory, shares.reversed()) {
        let other = entry.change.dot(direction).item / entry.product
        direction = direction + entry.step * (share - other)
      }
      guard let next = objective.moved(along: direction * -1) else { return count }
      let step = next.point - objective.point
      let change = next.gradient - objective.gradient
      let product = step.dot(change).item
      if product > 0 { memory.append((step, change, product)) }
      objective = next
    }
    return 12
  }

  private static func solve(_ factor: Tensor, _ right: Tensor) -> Tensor {
    let half = Operator.solveTriangular(factor, right.unsqueezed(1), false, true, false)
    return Operator.solveTriangular(factor.transposed(), half, true, true, false).squeezed(1)
  }
}
