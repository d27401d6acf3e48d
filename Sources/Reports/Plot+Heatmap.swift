extension Plot {
  /// A grid of values, such as a confusion matrix.
  public struct Heatmap: Sendable, Hashable {
    /// What the rows are, such as "true class".
    public var rowTitle: String
    /// What the columns are, such as "predicted class".
    public var columnTitle: String
    /// The names of the rows, from the top.
    public var rows: [String]
    /// The names of the columns.
    public var columns: [String]
    /// One list per row, one value per column; missing or not finite ones stay blank.
    public var values: [[Double]]

    /// A heat map from its parts.
    public init(
      rowTitle: String, columnTitle: String, rows: [String], columns: [String],
      values: [[Double]]
    ) {
      self.rowTitle = rowTitle
      self.columnTitle = columnTitle
      self.rows = rows
      self.columns = columns
      self.values = values
    }

    func value(row: Int, column: Int) -> Double? {
      guard values.indices.contains(row), values[row].indices.contains(column),
        values[row][column].isFinite
      else { return nil }
      return values[row][column]
    }

    var largest: Double {
      values.joined().filter(\.isFinite).max() ?? 0
    }
  }
}
