import CCLP

/// The least value that the hinge-regularised Kantorovich-Rubinstein loss can have on some points, over all
/// functions that are 1-Lipschitz: what a network is measured against.
///
/// The loss `wₖ (mean₋ f - mean₊ f) + wₕ mean (m - y f)₊` is a linear programme in the values of f at the
/// points, with `f(x) - f(z) ≤ |x - z|` for x of the positive side and z of the other; a solution of
/// these extends to a 1-Lipschitz function, since f can be raised on the one and lowered on the other
/// side until it is one. What is handed to COIN-OR CLP is its dual, a transport problem with a row a
/// point: carry at least `wₖ / n±` and at most `wₕ / n` more from each point of one side to the other, where every
/// additional unit earns m.
public struct HingeTransport: Sendable {
  /// The most points that are attempted.
  public static let limit = 400

  /// What is carried from a positive to a negative point.
  public struct Parcel: Sendable, Equatable {
    /// The positive point.
    public let row: Int
    /// The negative point.
    public let column: Int
    /// How much is carried.
    public let mass: Double
  }

  /// The least loss.
  public let loss: Double
  /// The plan of transport that belongs to it: between the points of a parcel the best function falls as
  /// fast as it may.
  public let plan: [Parcel]
  /// The best function at the positive points, up to what the solver leaves open.
  public let positive: [Double]
  /// The best function at the negative points.
  public let negative: [Double]

  /// The least loss on some points.
  ///
  /// - Parameters:
  ///   - costs: the distances from positive to negative points.
  ///   - transportWeight: `wₖ`, at least 0; 1 in the article, `1 - α` in libraries.
  ///   - hingeWeight: `wₕ`, at least 0; λ in the article, α in libraries.
  ///   - margin: m, at least 0.
  /// - Throws: ``TransportError`` for a number out of range, too many points, or when the solver fails.
  public init(
    _ costs: TransportCosts, transportWeight: Double = 1, hingeWeight: Double, margin: Double
  ) throws(TransportError) {
    for (name, value) in [
      ("transportWeight", transportWeight), ("hingeWeight", hingeWeight), ("margin", margin),
    ] where !(value >= 0 && value.isFinite) {
      throw .setting(name, value: value, allowed: "zero or positive, and finite")
    }
    let count = costs.rows + costs.columns
    guard count <= Self.limit else { throw .tooManyPoints(count, limit: Self.limit) }
    var programme = TransportProgramme(costs)
    programme.addPlan(costs)
    programme.addExtra(count, most: hingeWeight / Double(count), gain: margin)
    let (value, masses, prices) = try programme.solve(
      rowMasses: Array(repeating: transportWeight / Double(costs.rows), count: costs.rows)
        + Array(repeating: transportWeight / Double(costs.columns), count: costs.columns))
    // The solver minimises; the dual is to be maximised, so that its value changes sign.
    loss = -value
    plan = (0..<costs.values.count).filter { masses[$0] > 1e-12 }.map {
      Parcel(row: $0 / costs.columns, column: $0 % costs.columns, mass: masses[$0])
    }
    positive = Array(prices[..<costs.rows])
    negative = prices[costs.rows...].map { -$0 }
  }
}

/// Columns of a linear programme in the order of its variables, and what CLP says of it.
private struct TransportProgramme {
  private let rows: Int
  private let sources: Int
  private var starts: [CoinBigIndex] = [0]
  private var indices: [Int32] = []
  private var elements: [Double] = []
  private var costs: [Double] = []
  private var most: [Double] = []

  init(_ costs: TransportCosts) {
    rows = costs.rows + costs.columns
    sources = costs.rows
  }

  /// A variable with the rows that it is in.
  private mutating func add(_ entries: [(row: Int, element: Double)], cost: Double, most: Double) {
    for entry in entries {
      indices.append(Int32(entry.row))
      elements.append(entry.element)
    }
    starts.append(CoinBigIndex(indices.count))
    costs.append(cost)
    self.most.append(most)
  }

  /// What is carried from each source to each target.
  mutating func addPlan(_ distances: TransportCosts) {
    for row in 0..<distances.rows {
      for column in 0..<distances.columns {
        add(
          [(row, 1), (sources + column, 1)], cost: distances[row, column],
          most: .greatestFiniteMagnitude)
      }
    }
  }

  /// What is carried beyond the masses.
  mutating func addExtra(_ count: Int, most: Double, gain: Double) {
    for row in 0..<count { add([(row, -1)], cost: -gain, most: most) }
  }

  /// The least cost, the value of every variable and the price of a unit at every row.
  func solve(
    rowMasses: [Double]
  ) throws(TransportError) -> (value: Double, masses: [Double], prices: [Double]) {
    guard let model = Clp_newModel() else { throw .solver(status: -1) }
    defer { Clp_deleteModel(model) }
    Clp_setLogLevel(model, 0)
    let least = [Double](repeating: 0, count: costs.count)
    Clp_loadProblem(
      model, Int32(costs.count), Int32(rows), starts, indices, elements, least, most, costs,
      rowMasses, rowMasses)
    Clp_setPrimalTolerance(model, 1e-10)
    Clp_setDualTolerance(model, 1e-10)
    Clp_initialPrimalSolve(model)
    guard Clp_status(model) == 0, let prices = Clp_dualRowSolution(model),
      let masses = Clp_primalColumnSolution(model)
    else {
      throw .solver(status: Int(Clp_status(model)))
    }
    return (
      Clp_objectiveValue(model), Array(UnsafeBufferPointer(start: masses, count: costs.count)),
      Array(UnsafeBufferPointer(start: prices, count: rows))
    )
  }
}
