import Torch

/// The logistic objective at a point: value, gradient and duality gap.
struct LogisticObjective {
  private let problem: BinaryProblem
  private let lambda: Double
  /// w and, last, b.
  let point: Tensor
  /// w·x + b of every example.
  private let scores: Tensor
  let risk: Double
  let value: Double
  let gradient: Tensor
  /// The value less that of a dual point.
  let gap: Double

  init(problem: BinaryProblem, lambda: Double, point: Tensor) {
    let size = problem.reducedCount
    self.init(
      problem: problem, lambda: lambda, point: point,
      scores: problem.features.matmul(point[0..<size]) + point[size])
  }

  private init(problem: BinaryProblem, lambda: Double, point: Tensor, scores: Tensor) {
    self.problem = problem
    self.lambda = lambda
    self.point = point
    self.scores = scores
    let weight = point[0..<problem.reducedCount]
    let margins = scores * problem.signs
    let square = weight.squared().sum().item
    risk = LinearLoss.softplus.values(margins).mean().item
    value = risk + lambda * square
    // How wrong every example is, which is also its dual variable.
    let count = Double(problem.count)
    let wrong = (margins * -1).sigmoid()
    let split = problem.negativeCount
    let parts = [0..<split, split..<problem.count].map { range in
      (
        pull: problem.features[range].transposed().matmul(wrong[range]) / count,
        sum: wrong[range].sum().item / count
      )
    }
    gradient = Tensor.concatenated([
      weight * (2 * lambda) + parts[0].pull - parts[1].pull,
      Tensor([parts[0].sum - parts[1].sum]),
    ])
    // Scaled so that both classes weigh the same, as the free bias demands.
    let least = min(parts[0].sum, parts[1].sum)
    let shares = parts.map { $0.sum > 0 ? least / $0.sum : 1 }
    let implied = (parts[1].pull * shares[1] - parts[0].pull * shares[0]) / (2 * lambda)
    let dual = Tensor.concatenated([
      wrong[0..<split] * shares[0], wrong[split..<problem.count] * shares[1],
    ])
    let rest = (margins.sigmoid() + wrong - dual).clamped(to: 1e-300...)
    let entropy = dual * dual.clamped(to: 1e-300...).log() + rest * rest.log()
    gap = value + entropy.mean().item + lambda * implied.squared().sum().item
  }

  var weight: Tensor { point[0..<problem.reducedCount] }
  var bias: Double { point[problem.reducedCount].item }

  func isDone(_ tolerance: Double) -> Bool { gap <= tolerance * value }

  /// The point a fitting way along a direction; `nil` when the value does not fall.
  func moved(along direction: Tensor) -> LogisticObjective? {
    let size = problem.reducedCount
    let change = problem.features.matmul(direction[0..<size]) + direction[size]
    let slope = gradient.dot(direction).item
    guard slope < 0 else { return nil }
    var length = 1.0
    // A fall that is lost in rounding still is one; the gap decides.
    let noise = 1e-14 * abs(value)
    while length > 1e-8 {
      let next = LogisticObjective(
        problem: problem, lambda: lambda, point: point + direction * length,
        scores: scores + change * length)
      if next.value <= value + 1e-4 * length * slope + noise { return next }
      length /= 2
    }
    return nil
  }

  /// `Xᵀ D X / n` with a last row and column for the bias, of the examples that weigh something.
  func curvature() -> Tensor {
    let chances = (scores * problem.signs).sigmoid()
    let weights = chances * (1 - chances)
    let rows = weights.greater(than: 1e-3 * weights.max().item).nonZeroIndices().squeezed(1)
    let roots = weights.selecting(rows: rows).sqrt().unsqueezed(1)
    let scaled = Tensor.concatenated(
      [problem.features.selecting(rows: rows) * roots, roots], along: 1)
    return scaled.transposed().matmul(scaled) / Double(problem.count)
  }

  /// The Cholesky factor of a curvature with this level's penalty.
  func factor(of curvature: Tensor) -> Tensor {
    let size = problem.reducedCount
    let penalty = Tensor.concatenated([
      .full([size], 2 * lambda, dtype: .float64),
      .full([1], 1e-12 * max(curvature.select(size, along: 0)[size].item, 1e-300), dtype: .float64),
    ])
    return (curvature + penalty.diagonalMatrix()).cholesky()
  }
}
