import Foundation

/// Optimal transport with a little entropy, for more points than can be matched exactly: bounds on the
/// cost from both sides (Cuturi, "Sinkhorn distances", NeurIPS 2013).
///
/// Iterations are done with logarithms, so that small regularisations neither overflow nor vanish, and
/// begin with a large one that is halved (Schmitzer, SIAM Journal on Scientific Computing 2019). The
/// potentials at the end, made feasible, give a lower bound; the plan at the end, rounded to the exact
/// margins (Altschuler, Weed and Rigollet, NeurIPS 2017), gives an upper one.
public struct Sinkhorn: Sendable {
  /// A proven lower bound on the cost.
  public let lowerBound: Double
  /// The cost of a plan that exists.
  public let upperBound: Double
  /// How much of the mass was in a wrong place before the plan was rounded, from 0 to 1.
  public let marginError: Double
  /// The iterations at the last regularisation.
  public let iterations: Int

  /// Bounds on the cost of carrying equal weights on the rows to equal weights on the columns.
  ///
  /// - Parameters:
  ///   - regularisation: of the end, in shares of the mean cost, positive.
  ///   - tolerance: the margin error at which iterations end.
  ///   - limit: the most iterations at one regularisation.
  /// - Throws: ``TransportError/setting(_:value:allowed:)`` for a number out of range.
  public init(
    _ costs: TransportCosts, regularisation: Double = 0.005, tolerance: Double = 1e-4,
    limit: Int = 500
  ) throws(TransportError) {
    for (name, value) in [
      ("regularisation", regularisation), ("tolerance", tolerance), ("limit", Double(limit)),
    ] where !(value > 0 && value.isFinite) {
      throw .setting(name, value: value, allowed: "positive and finite")
    }
    let mean = costs.values.reduce(0) { $0 + abs($1) } / Double(costs.values.count)
    var scaling = SinkhornScaling(costs)
    guard mean > 0 else {
      (lowerBound, upperBound, marginError, iterations) = (0, 0, 0, 0)
      return
    }
    var epsilon = mean
    while epsilon > 2 * regularisation * mean {
      _ = scaling.iterate(epsilon, tolerance: 100 * tolerance, limit: 50)
      epsilon /= 2
    }
    epsilon = regularisation * mean
    let end = scaling.iterate(epsilon, tolerance: tolerance, limit: limit)
    (iterations, marginError) = (end.iterations, end.error)
    lowerBound = scaling.lowerBound()
    upperBound = scaling.roundedCost(epsilon)
  }
}

/// The work of ``Sinkhorn``.
private struct SinkhornScaling {
  private let costs: TransportCosts
  private var rowPotentials: [Double]
  private var columnPotentials: [Double]

  init(_ costs: TransportCosts) {
    self.costs = costs
    rowPotentials = Array(repeating: 0, count: costs.rows)
    columnPotentials = Array(repeating: 0, count: costs.columns)
  }

  mutating func iterate(
    _ epsilon: Double, tolerance: Double, limit: Int
  ) -> (iterations: Int, error: Double) {
    var error = Double.infinity
    for iteration in 1...limit {
      updateRows(epsilon)
      updateColumns(epsilon)
      // After the columns were made right only rows can be wrong.
      if iteration.isMultiple(of: 5) || iteration == limit {
        let sums = rowSums(epsilon)
        error = sums.reduce(0) { $0 + abs($1 - 1 / Double(costs.rows)) } / 2
        if error <= tolerance { return (iteration, error) }
      }
    }
    return (limit, error)
  }

  private mutating func updateRows(_ epsilon: Double) {
    for row in 0..<costs.rows {
      let sum = logSumExp(costs.columns) { (columnPotentials[$0] - costs[row, $0]) / epsilon }
      rowPotentials[row] = -epsilon * (sum + log(Double(costs.rows)))
    }
  }

  private mutating func updateColumns(_ epsilon: Double) {
    for column in 0..<costs.columns {
      let sum = logSumExp(costs.rows) { (rowPotentials[$0] - costs[$0, column]) / epsilon }
      columnPotentials[column] = -epsilon * (sum + log(Double(costs.columns)))
    }
  }

  private func logSumExp(_ count: Int, _ value: (Int) -> Double) -> Double {
    var largest = -Double.infinity
    for index in 0..<count { largest = max(largest, value(index)) }
    var sum = 0.0
    for index in 0..<count { sum += exp(value(index) - largest) }
    return largest + log(sum)
  }

  private func mass(_ row: Int, _ column: Int, _ epsilon: Double) -> Double {
    exp((rowPotentials[row] + columnPotentials[column] - costs[row, column]) / epsilon)
  }

  private func rowSums(_ epsilon: Double) -> [Double] {
    (0..<costs.rows).map { row in
      (0..<costs.columns).reduce(0) { $0 + mass(row, $1, epsilon) }
    }
  }

  /// The value of potentials that are feasible: those of rows are lowered where they must be.
  func lowerBound() -> Double {
    let rows = (0..<costs.rows).reduce(0.0) { sum, row in
      sum
        + (0..<costs.columns).reduce(Double.infinity) {
          min($0, costs[row, $1] - columnPotentials[$1])
        }
    }
    return rows / Double(costs.rows) + columnPotentials.reduce(0, +) / Double(costs.columns)
  }

  /// The cost of the plan with its margins made right: too much is scaled down, and what is missing
  /// is carried in proportion.
  func roundedCost(_ epsilon: Double) -> Double {
    let (wantedRow, wantedColumn) = (1 / Double(costs.rows), 1 / Double(costs.columns))
    let scales = rowSums(epsilon).map { min(1, wantedRow / max($0, .leastNormalMagnitude)) }
    var missingRows = Array(repeating: wantedRow, count: costs.rows)
    var missingColumns = Array(repeating: wantedColumn, count: costs.columns)
    var cost = 0.0
    for column in 0..<costs.columns {
      var masses = (0..<costs.rows).map { mass($0, column, epsilon) * scales[$0] }
      let sum = masses.reduce(0, +)
      if sum > wantedColumn { masses = masses.map { $0 * wantedColumn / sum } }
      for row in 0..<costs.rows {
        cost += masses[row] * costs[row, column]
        missingRows[row] -= masses[row]
        missingColumns[column] -= masses[row]
      }
    }
    let missing = missingRows.reduce(0, +)
    guard missing > 1e-15 else { return cost }
    for row in 0..<costs.rows {
      for column in 0..<costs.columns {
        cost += missingRows[row] * missingColumns[column] / missing * costs[row, column]
      }
    }
    return cost
  }
}
