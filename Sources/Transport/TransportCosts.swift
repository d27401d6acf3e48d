/// What it costs to carry a unit from each of some places to each of others.
public struct TransportCosts: Sendable {
  /// How many places there are to carry from.
  public let rows: Int
  /// How many places there are to carry to.
  public let columns: Int
  /// The costs, row by row.
  public let values: [Double]

  /// Costs from a list, row by row.
  ///
  /// - Throws: ``TransportError`` when there are not as many as `rows` times `columns`, none at all, or one that
  ///   is not finite.
  public init(_ values: [Double], rows: Int, columns: Int) throws(TransportError) {
    guard rows > 0, columns > 0 else { throw .emptySide }
    let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
    guard !overflows, values.count == count else {
      throw .size("costs", count: values.count, expected: count)
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite("costs", index: index)
    }
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The Euclidean distances of points, which are rows of numbers one after the other.
  ///
  /// - Parameters:
  ///   - from: points to carry from, `dimension` numbers each.
  ///   - to: points to carry to.
  /// - Throws: ``TransportError`` when a side is empty, is no whole number of points, or has a number that
  ///   is not finite.
  public init(
    from: [Double], to: [Double], dimension: Int
  ) throws(TransportError) {
    for (name, side) in [("points to carry from", from), ("points to carry to", to)] {
      guard dimension > 0, !side.isEmpty else { throw .emptySide }
      guard side.count.isMultiple(of: dimension) else {
        let whole = side.count / dimension * dimension
        throw .size(name, count: side.count, expected: whole)
      }
      if let index = side.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(name, index: index)
      }
    }
    let (rows, columns) = (from.count / dimension, to.count / dimension)
    var values: [Double] = []
    values.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for place in 0..<dimension {
          let difference = from[row * dimension + place] - to[column * dimension + place]
          sum += difference * difference
        }
        values.append(sum.squareRoot())
      }
    }
    try self.init(values, rows: rows, columns: columns)
  }

  /// The cost of carrying from a row to a column.
  public subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
}
