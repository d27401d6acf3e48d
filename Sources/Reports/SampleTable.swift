import Foundation

/// One row per example, in typed columns: the content of `samples.csv`.
public struct SampleTable: Sendable, Hashable {
  /// The values of a column, one per example; nil is an empty cell.
  public enum Values: Sendable, Hashable {
    /// Whole numbers, such as indices and labels.
    case integers([Int?])
    /// Numbers, written in the fewest digits that read back equal; `nan`, `inf` and `-inf` as words.
    case numbers([Double?])
    /// Single-precision numbers, written in the fewest digits that read back equal as such.
    case floats([Float?])
    /// Texts.
    case texts([String?])
    /// `true` or `false`.
    case flags([Bool?])

    /// How many examples there are.
    public var count: Int {
      switch self {
      case .integers(let values): values.count
      case .numbers(let values): values.count
      case .floats(let values): values.count
      case .texts(let values): values.count
      case .flags(let values): values.count
      }
    }

    func text(at row: Int) -> String? {
      switch self {
      case .integers(let values): values[row].map { "\($0)" }
      case .numbers(let values): values[row].map { "\($0)" }
      case .floats(let values): values[row].map { "\($0)" }
      case .texts(let values): values[row]
      case .flags(let values): values[row].map { "\($0)" }
      }
    }
  }

  /// A named column.
  public struct Column: Sendable, Hashable {
    /// The name in the header.
    public let name: String
    /// The values.
    public let values: Values

    /// A column from its parts.
    public init(_ name: String, _ values: Values) {
      self.name = name
      self.values = values
    }
  }

  /// The columns from left to right.
  public private(set) var columns: [Column] = []

  /// A table without columns.
  public init() {}

  /// A table from columns.
  ///
  /// - Throws: `SampleTableError` when lengths differ or a name occurs twice.
  public init(_ columns: [Column]) throws(SampleTableError) {
    for column in columns { try append(column) }
  }

  /// How many examples there are.
  public var rowCount: Int { columns.first?.values.count ?? 0 }

  /// Adds a column at the right.
  ///
  /// - Throws: `SampleTableError` when its length differs or its name is taken.
  public mutating func append(_ column: Column) throws(SampleTableError) {
    if let first = columns.first, first.values.count != column.values.count {
      throw .length(
        column: column.name, count: column.values.count, expected: first.values.count)
    }
    guard !columns.contains(where: { $0.name == column.name }) else {
      throw .duplicate(column: column.name)
    }
    columns.append(column)
  }

  /// The table as comma-separated values with a header, quoted as RFC 4180 says, lines ended by a
  /// line feed. An empty text is `""`, a missing value is nothing.
  public func csv() -> String {
    var text = columns.map { CSVText.quoted($0.name) }.joined(separator: ",") + "\n"
    for row in 0..<rowCount {
      for (index, column) in columns.enumerated() {
        if index > 0 { text.append(",") }
        if let cell = column.values.text(at: row) { text.append(CSVText.quoted(cell)) }
      }
      text.append("\n")
    }
    return text
  }
}

/// Columns that do not make a table.
public enum SampleTableError: Error, Sendable, Equatable, LocalizedError, CustomStringConvertible {
  /// A column is longer or shorter than the first.
  case length(column: String, count: Int, expected: Int)
  /// Two columns have one name.
  case duplicate(column: String)

  /// What was wrong, in one sentence.
  public var description: String {
    switch self {
    case .length(let column, let count, let expected):
      "column \"\(column)\" has \(count) rows but the table has \(expected)"
    case .duplicate(let column): "the table already has a column \"\(column)\""
    }
  }

  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }

  /// What to do about it.
  public var recoverySuggestion: String? {
    switch self {
    case .length: "give one value per example, nil where there is none"
    case .duplicate: "name each column once"
    }
  }
}
