/// Minimises a loss with an L2 penalty at one level of regularisation after the other.
///
/// A solver starts each level from where it was at the one before.
protocol LinearSolver {
  /// The minimiser at a level.
  ///
  /// - Throws: ``LinearGeometryError/notConverged(loss:lambda:gap:)``, or what libtorch reports.
  mutating func fit(_ lambda: Double) throws -> LinearFit
}

extension LinearLoss {
  /// A solver of the loss.
  ///
  /// - Throws: ``LinearGeometryError/setting(name:value:allowed:)`` for the 0-1 loss, which no penalty
  ///   changes: ``ZeroOneSearch`` minimises it in the plane.
  func solver(_ problem: BinaryProblem, tolerance: Double) throws -> any LinearSolver {
    guard tolerance > 0, tolerance < 1 else {
      throw LinearGeometryError.setting(
        name: "the tolerance", value: "\(tolerance)", allowed: "a number between 0 and 1")
    }
    switch self {
    case .hinge: return HingeSolver(problem, tolerance: tolerance)
    case .softplus: return LogisticSolver(problem, tolerance: tolerance)
    case .squared: return RidgeSolver(problem)
    case .zeroOne:
      throw LinearGeometryError.setting(
        name: "the loss", value: "zeroOne",
        allowed: """
          hinge, softplus or squared: scaling w does not change the 0-1 loss, so a penalty has no \
          minimum, only the limit w = 0
          """)
    }
  }
}
