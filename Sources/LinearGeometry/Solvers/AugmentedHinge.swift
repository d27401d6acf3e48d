import Torch

/// The augmented Lagrangian of a support vector machine at one level of regularisation.
struct AugmentedHinge {
  /// A pair of a classifier and feasible multipliers, and how far apart their objectives are.
  struct Candidate {
    var weight: Tensor
    /// The biases that are as good for this weight.
    var biases: ClosedRange<Double>
    /// Multipliers of equal sum in both classes.
    var multipliers: Tensor
    var risk: Double
    var objective: Double
    /// The primal less the dual objective.
    var gap: Double
  }

  let problem: BinaryProblem
  let lambda: Double
  let bound: Double
  private(set) var multipliers: Tensor
  private var weight: Tensor
  private var bias: Double
  /// w·x of every example.
  private var products: Tensor

  private var features: Tensor { problem.features }
  private var signs: Tensor { problem.signs }

  init(
    problem: BinaryProblem, lambda: Double, bound: Double, multipliers: Tensor, bias: Double
  ) {
    self.problem = problem
    self.lambda = lambda
    self.bound = bound
    self.multipliers = multipliers
    self.bias = bias
    weight = problem.features.transposed().matmul(problem.signs * multipliers) / (2 * lambda)
    products = problem.features.matmul(weight)
  }

  // MARK: Minimising

  /// Newton's steps to the minimum over (w, b).
  ///
  /// - Parameter error: how far from it, in the objective, is near enough.
  /// - Returns: the steps, and whether they got there.
  mutating func minimise(penalty: Double, error: Double) -> (count: Int, isDone: Bool) {
    for count in 0..<40 {
      let unclipped = multipliers + (1 - signs * (products + bias)) * penalty
      let clipped = unclipped.clamped(to: 0...bound)
      let pull = features.transposed().matmul(signs * clipped)
      let slope = weight * (2 * lambda) - pull
      let tilt = -(signs * clipped).sum().item
      let distance = slope.squared().sum().item / (4 * lambda)
      if distance <= error, abs(tilt) <= error { return (count, true) }
      let inside = unclipped.greater(than: 0).and(unclipped.less(than: bound))
      let rows = inside.nonZeroIndices().squeezed(1)
      guard rows.count > 0 else {
        bias = bestSmoothBias(penalty: penalty)
        step(along: slope * (-1 / (2 * lambda)), 0, penalty: penalty)
        continue
      }
      let (direction, turn) = newtonStep(rows, slope, tilt, penalty: penalty)
      step(along: direction, turn, penalty: penalty)
    }
    return (40, false)
  }

  /// Solves `H (dw, db) = -gradient` with `H = 2 lambda I + penalty Σ x xᵀ` over the examples inside.
  private func newtonStep(
    _ rows: Tensor, _ slope: Tensor, _ tilt: Double, penalty: Double
  ) -> (direction: Tensor, turn: Double) {
    let inside = features.selecting(rows: rows)
    return rows.count <= problem.reducedCount
      ? dualStep(inside, slope, tilt, penalty) : primalStep(inside, slope, tilt, penalty)
  }

  /// Few examples inside: by Woodbury's identity in their Gram matrix.
  private func dualStep(
    _ inside: Tensor, _ slope: Tensor, _ tilt: Double, _ penalty: Double
  ) -> (Tensor, Double) {
    let count = inside.size(0)
    let gram = inside.matmul(inside.transposed()) * (penalty / (2 * lambda))
    let factor = (gram + Tensor.identity(count, dtype: .float64)).cholesky()
    let right = Tensor.stacked(
      [inside.matmul(slope) * (-1 / (2 * lambda)), .ones([count], dtype: .float64)], along: 1)
    let solved = Self.solve(factor, right)
    let (answer, ones) = (solved.select(0, along: 1), solved.select(1, along: 1))
    let turn = (-tilt / penalty - answer.sum().item) / ones.sum().item
    let moved = answer + ones * turn
    let direction =
      (slope + inside.transposed().matmul(moved) * penalty) * (-1 / (2 * lambda))
    return (direction, turn)
  }

  /// Few features: in the features, with the bias eliminated.
  private func primalStep(
    _ inside: Tensor, _ slope: Tensor, _ tilt: Double, _ penalty: Double
  ) -> (Tensor, Double) {
    let count = inside.size(1)
    let sums = inside.sum(along: 0) * penalty
    let corner = penalty * Double(inside.size(0))
    let matrix =
      inside.transposed().matmul(inside) * penalty
      + Tensor.identity(count, dtype: .float64) * (2 * lambda) - sums.outer(sums) / corner
    let direction = Self.solve(
      matrix.cholesky(), (slope * -1 + sums * (tilt / corner)).unsqueezed(1)
    ).squeezed(1)
    return (direction, (-tilt - sums.dot(direction).item) / corner)
  }

  private static func solve(_ factor: Tensor, _ right: Tensor) -> Tensor {
    let half = Operator.solveTriangular(factor, right, false, true, false)
    return Operator.solveTriangular(factor.transposed(), half, true, true, false)
  }

  /// Goes along a direction as far as the function falls, which is convex with a piecewise linear slope.
  private mutating func step(along direction: Tensor, _ turn: Double, penalty: Double) {
    let change = features.matmul(direction)
    let moves = (change + turn) * signs
    let base = multipliers + (1 - signs * (products + bias)) * penalty
    let (linear, square) = (
      2 * lambda * weight.dot(direction).item, 2 * lambda * direction.squared().sum().item
    )
    func slope(at length: Double) -> Double {
      let clipped = (base - moves * (penalty * length)).clamped(to: 0...bound)
      return linear + length * square - clipped.dot(moves).item
    }
    let length = Self.lineMinimum(slope)
    weight = weight + direction * length
    bias += turn * length
    products = products + change * length
  }

  /// Where an ascending slope, negative at 0, is small enough; 1 is tried first.
  private static func lineMinimum(_ slope: (Double) -> Double) -> Double {
    let start = slope(0)
    guard start < 0 else { return 0 }
    var (low, high) = (0.0, 1.0)
    var value = slope(1)
    if abs(value) <= 0.1 * -start { return 1 }
    while value < 0, high < 1e6 {
      (low, high) = (high, 2 * high)
      value = slope(high)
    }
    var middle = high
    for _ in 0..<40 where abs(value) > 0.1 * -start {
      middle = (low + high) / 2
      value = slope(middle)
      if value < 0 { low = middle } else { high = middle }
    }
    return middle
  }

  /// The bias at which the multipliers of both classes weigh the same, for this weight.
  private func bestSmoothBias(penalty: Double) -> Double {
    func tilt(_ bias: Double) -> Double {
      let clipped =
        (multipliers + (1 - signs * (products + bias)) * penalty).clamped(to: 0...bound)
      return -(signs * clipped).sum().item
    }
    var width = 1.0
    while tilt(bias - width) > 0, width < 1e30 { width *= 2 }
    let low = bias - width
    width = 1
    while tilt(bias + width) < 0, width < 1e30 { width *= 2 }
    var range = (low, bias + width)
    for _ in 0..<80 {
      let middle = (range.0 + range.1) / 2
      if tilt(middle) > 0 { range.1 = middle } else { range.0 = middle }
    }
    return (range.0 + range.1) / 2
  }

  // MARK: Judging

  /// Takes the multipliers that the minimum implies.
  mutating func moveMultipliers(penalty: Double) {
    multipliers =
      (multipliers + (1 - signs * (products + bias)) * penalty).clamped(to: 0...bound)
  }

  /// The better of the current weight and of that which the multipliers imply, with the duality gap.
  func candidate() -> Candidate {
    let feasible = balanced()
    let implied = features.transposed().matmul(signs * feasible) / (2 * lambda)
    let dual = feasible.sum().item - lambda * implied.squared().sum().item
    let choices = [(weight, products), (implied, features.matmul(implied))].map {
      weight, products in
      let biases = bestBiases(products)
      let middle = (biases.lowerBound + biases.upperBound) / 2
      let risk = LinearLoss.hinge.values(signs * (products + middle)).mean().item
      let objective = risk + lambda * weight.squared().sum().item
      return Candidate(
        weight: weight, biases: biases, multipliers: feasible, risk: risk, objective: objective,
        gap: objective - dual)
    }
    return choices[0].objective < choices[1].objective ? choices[0] : choices[1]
  }

  /// The multipliers with those of the heavier class scaled down.
  private func balanced() -> Tensor {
    let split = problem.negativeCount
    let parts = [multipliers[0..<split], multipliers[split..<problem.count]]
    let sums = parts.map { $0.sum().item }
    let least = min(sums[0], sums[1])
    return Tensor.concatenated(zip(parts, sums).map { $1 > 0 ? $0 * (least / $1) : $0 })
  }

  /// The biases of least loss for some products: the slope rises by one at every `y - w·x`, from minus the
  /// number of positive examples, so it is zero between two neighbours.
  private func bestBiases(_ products: Tensor) -> ClosedRange<Double> {
    let sorted = (signs - products).sorted().values
    let low = sorted[problem.positiveCount - 1].item
    return low...max(low, sorted[problem.positiveCount].item)
  }
}
