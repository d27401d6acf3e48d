import Torch

/// The minimisers of a loss on two classes at many levels of regularisation.
public struct RegularisationPath: Sendable {
  /// The loss.
  public let loss: LinearLoss
  /// The minimisers, strongest regularisation first.
  public let fits: [LinearFit]

  /// Follows the minimiser from strong to weak regularisation.
  ///
  /// - Parameters:
  ///   - problem: the two classes.
  ///   - loss: hinge, softplus or squared.
  ///   - grid: the levels.
  ///   - tolerance: the duality gap at which a level is done, as a share of the objective.
  ///   - isStopRequested: asked between levels.
  /// - Throws: ``LinearGeometryError``, `CancellationError` when asked to stop, or what libtorch reports.
  public init(
    of problem: BinaryProblem, loss: LinearLoss, over grid: LambdaGrid, tolerance: Double = 1e-6,
    isStopRequested: () -> Bool = { false }
  ) throws {
    var solver = try loss.solver(problem, tolerance: tolerance)
    self.loss = loss
    fits = try withoutGradients {
      try grid.values.map { lambda in
        if isStopRequested() { throw CancellationError() }
        return try attempt { try solver.fit(lambda) }
      }
    }
  }

  /// The minimiser at one level of regularisation.
  ///
  /// - Parameter lambda: positive. For 0 the error says what the limit is.
  /// - Throws: ``LinearGeometryError``, or what libtorch reports.
  public static func fit(
    _ problem: BinaryProblem, loss: LinearLoss, lambda: Double, tolerance: Double = 1e-6
  ) throws -> LinearFit {
    if lambda == 0 {
      throw LinearGeometryError.noRegularisation(loss: loss.rawValue, limit: loss.limit)
    }
    // Large steps down a path are safer than one jump to weak regularisation.
    let start = max(lambda, problem.largestAdversarialDistance * problem.largestAdversarialDistance)
    var levels = [lambda]
    while let last = levels.last, last * 10 < start { levels.append(last * 10) }
    let path = try RegularisationPath(
      of: problem, loss: loss, over: LambdaGrid(levels), tolerance: tolerance)
    return path.fits[path.fits.count - 1]
  }

  /// The hyperplane with the widest margin between classes that one separates: the limit of the hinge loss
  /// as lambda goes to 0, which it reaches at a positive lambda.
  ///
  /// - Throws: ``LinearGeometryError/notSeparable(lambda:risk:)`` where there is none.
  public static func hardMargin(
    _ problem: BinaryProblem, tolerance: Double = 1e-8
  ) throws -> LinearFit {
    var solver = HingeSolver(problem, tolerance: tolerance)
    let scale = problem.largestAdversarialDistance
    var lambda = max(scale * scale, 1e-12)
    return try withoutGradients {
      for _ in 0..<15 {
        lambda /= 10
        let fit = try attempt { try solver.fit(lambda) }
        // All multipliers below their bound: the same minimiser at every smaller lambda.
        if solver.isSeparated { return fit }
      }
      throw LinearGeometryError.notSeparable(
        lambda: lambda, risk: try attempt { try solver.fit(lambda) }.risk)
    }
  }
}

extension LinearLoss {
  /// What happens to the minimiser as lambda goes to 0.
  var limit: String {
    switch self {
    case .hinge:
      """
      separable classes give the hyperplane of the widest margin, with 1/|w| the margin, and others \
      one of the minimisers of the mean loss
      """
    case .softplus:
      """
      |w| grows without bound on separable classes and the direction goes to that of the widest \
      margin, as slowly as 1/ln(1/lambda); on others the maximum-likelihood fit is reached
      """
    case .squared: "the least-squares solution of smallest norm is reached"
    case .zeroOne: "any lambda gives w = 0, since the 0-1 loss does not depend on |w|"
    }
  }
}
