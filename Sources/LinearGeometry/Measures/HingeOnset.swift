import Torch

/// Where the hinge loss begins to tilt the boundary between balanced classes.
///
/// For lambda of at least `lambda* = (max_J u·x - min_I u·x) / 8`, u = j - i, all examples are inside of the
/// margin, `w = u / (4 lambda)`, and the boundary is across the line between the centroids.
public enum HingeOnset {
  /// lambda*; `nil` for classes of different sizes, which the hinge loss tilts at any lambda.
  public static func lambda(of problem: BinaryProblem) -> Double? {
    guard problem.isBalanced else { return nil }
    let weight = problem.reduced(
      LinearClassifier(weight: problem.centroidDifference, bias: 0)
    ).weight
    let products = problem.features.matmul(weight)
    let split = problem.negativeCount
    return (products[split..<problem.count].max().item - products[0..<split].min().item) / 8
  }

  /// The interval of biases that are equally good at such a lambda, for a classifier of inputs.
  public static func biases(of problem: BinaryProblem, lambda: Double) -> ClosedRange<Double>? {
    guard let onset = self.lambda(of: problem), lambda >= onset else { return nil }
    let classifier = LinearClassifier(
      weight: problem.centroidDifference / (4 * lambda), bias: 0)
    let scores = problem.scores(of: classifier)
    let split = problem.negativeCount
    let low = -1 - scores[0..<split].min().item
    return low...max(low, 1 - scores[split..<problem.count].max().item)
  }
}
