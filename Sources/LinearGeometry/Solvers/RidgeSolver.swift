import Torch

/// Least squares with an L2 penalty, in closed form: w = (Σ + lambda)⁻¹ c with Σ the covariance of the
/// features and c that of features and labels; ½u between balanced classes.
struct RidgeSolver: LinearSolver {
  private let problem: BinaryProblem
  private let values: Tensor
  private let vectors: Tensor
  private let coordinates: Tensor

  init(_ problem: BinaryProblem) {
    self.problem = problem
    let features = problem.features
    let count = Double(problem.count)
    let covariance = features.transposed().matmul(features) / count
    (values, vectors) = covariance.symmetricEigen()
    coordinates = vectors.transposed().matmul(features.transposed().matmul(problem.signs) / count)
  }

  mutating func fit(_ lambda: Double) throws -> LinearFit {
    let weight = vectors.matmul(coordinates / (values.clamped(to: 0...) + lambda))
    // The features' mean is zero, so the labels' mean is the best bias.
    let bias = problem.signs.mean().item
    let scores = problem.features.matmul(weight) + bias
    let risk = LinearLoss.squared.values(scores * problem.signs).mean().item
    let classifier = problem.classifier(weight: weight, bias: bias)
    return LinearFit(
      lambda: lambda, classifier: classifier,
      objective: risk + lambda * weight.squared().sum().item, risk: risk, relativeGap: 0,
      biases: classifier.bias...classifier.bias, iterations: 0)
  }
}
