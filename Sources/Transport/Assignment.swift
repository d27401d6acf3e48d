/// The cheapest way to give every row a column of its own, exactly.
///
/// Rows are added one by one along shortest augmenting paths in reduced costs (Jonker and Volgenant,
/// "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing
/// 1987), in at most `n³` steps. Between two samples of equal size its mean cost is the Wasserstein-1
/// distance: some optimal plan moves every point as a whole (Birkhoff).
public struct Assignment: Sendable {
  /// The column of every row.
  public let columns: [Int]
  /// The sum of the costs.
  public let cost: Double

  /// The mean cost of a row: the Wasserstein-1 distance of two samples of equal size.
  public var meanCost: Double { cost / Double(columns.count) }

  /// The cheapest assignment; the same costs give the same one.
  ///
  /// - Parameter costs: as many rows as columns.
  /// - Throws: ``TransportError/size(_:count:expected:)`` otherwise.
  public init(_ costs: TransportCosts) throws(TransportError) {
    guard costs.rows == costs.columns else {
      throw .size("columns", count: costs.columns, expected: costs.rows)
    }
    var search = AssignmentSearch(count: costs.rows)
    columns = costs.values.withUnsafeBufferPointer { search.run($0) }
    cost = columns.enumerated().reduce(0) { $0 + costs[$1.offset, $1.element] }
  }
}

/// The work of ``Assignment``.
private struct AssignmentSearch {
  private let count: Int
  /// What is taken off the costs of rows and columns, so that none is negative and assigned ones are 0.
  private var rowPrices: [Double]
  private var columnPrices: [Double]
  private var columnOfRow: [Int]
  private var rowOfColumn: [Int]
  /// The shortest path to each column so far, and the row before it.
  private var lengths: [Double]
  private var previous: [Int]

  init(count: Int) {
    self.count = count
    rowPrices = Array(repeating: 0, count: count)
    columnPrices = rowPrices
    lengths = rowPrices
    columnOfRow = Array(repeating: -1, count: count)
    rowOfColumn = columnOfRow
    previous = columnOfRow
  }

  mutating func run(_ costs: UnsafeBufferPointer<Double>) -> [Int] {
    reduce(costs)
    for row in 0..<count where columnOfRow[row] < 0 { augment(from: row, costs) }
    return columnOfRow
  }

  /// Takes the least cost off every column, then off every row, and assigns what is free for nothing.
  private mutating func reduce(_ costs: UnsafeBufferPointer<Double>) {
    for column in 0..<count { columnPrices[column] = costs[column] }
    for row in 1..<max(1, count) {
      for column in 0..<count {
        columnPrices[column] = min(columnPrices[column], costs[row * count + column])
      }
    }
    for row in 0..<count {
      var (least, best) = (Double.infinity, 0)
      for column in 0..<count {
        let reduced = costs[row * count + column] - columnPrices[column]
        if reduced < least { (least, best) = (reduced, column) }
      }
      rowPrices[row] = least
      if rowOfColumn[best] < 0 {
        rowOfColumn[best] = row
        columnOfRow[row] = best
      }
    }
  }

  /// Gives a row a column along the path of least reduced cost to a column that is free (Dijkstra).
  private mutating func augment(from start: Int, _ costs: UnsafeBufferPointer<Double>) {
    var open = Array(0..<count)
    var done: [Int] = []
    for column in 0..<count { lengths[column] = .infinity }
    var (row, length, end) = (start, 0.0, -1)
    while end < 0 {
      let place = extend(row, length, open, costs)
      let column = open[place]
      length = lengths[column]
      open[place] = open[open.count - 1]
      open.removeLast()
      if rowOfColumn[column] < 0 {
        end = column
      } else {
        done.append(column)
        row = rowOfColumn[column]
      }
    }
    rowPrices[start] += length
    for column in done {
      rowPrices[rowOfColumn[column]] += length - lengths[column]
      columnPrices[column] -= length - lengths[column]
    }
    flip(from: start, to: end)
  }

  /// Shortens paths over a row, and says where among the open columns the nearest is.
  private mutating func extend(
    _ row: Int, _ length: Double, _ open: [Int], _ costs: UnsafeBufferPointer<Double>
  ) -> Int {
    let offset = length - rowPrices[row]
    let first = row * count
    return lengths.withUnsafeMutableBufferPointer { lengths in
      previous.withUnsafeMutableBufferPointer { previous in
        columnPrices.withUnsafeBufferPointer { prices in
          rowOfColumn.withUnsafeBufferPointer { rowOfColumn in
            var (least, best) = (Double.infinity, 0)
            for (place, column) in open.enumerated() {
              let candidate = offset + costs[first + column] - prices[column]
              if candidate < lengths[column] {
                lengths[column] = candidate
                previous[column] = row
              }
              // Of two that are equally near one that is free ends the search.
              let reached = lengths[column]
              if reached < least || (reached == least && rowOfColumn[column] < 0) {
                (least, best) = (reached, place)
              }
            }
            return best
          }
        }
      }
    }
  }

  /// Assigns along a path, from its end backwards.
  private mutating func flip(from start: Int, to end: Int) {
    var column = end
    while true {
      let row = previous[column]
      rowOfColumn[column] = row
      (columnOfRow[row], column) = (column, columnOfRow[row])
      if row == start { return }
    }
  }
}
