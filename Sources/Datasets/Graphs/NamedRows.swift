/// A delimited text file whose columns are found by their names in its first line.
struct NamedRows {
  let name: String
  let rows: [CSVReader.Row]
  private let columns: [String: Int]

  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what to call it in errors.
  ///   - columns: the names of columns that must be there.
  /// - Throws: `DatasetError` (corrupt, countsDiffer, badValue).
  init(_ bytes: [UInt8], name: String, columns required: [String]) throws {
    var rows = try CSVReader.rows(bytes, name: name)
    let header = rows.isEmpty ? [] : rows.removeFirst().fields.map { $0.lowercased() }
    let columns = Dictionary(zip(header, header.indices)) { first, _ in first }
    if let column = required.first(where: { columns[$0] == nil }) {
      throw DatasetError(
        .badValue, in: name, "line 1 names no column \"\(column)\"",
        remedy: "begin with the line \(required.joined(separator: ","))")
    }
    self.columns = columns
    self.name = name
    self.rows = rows
  }

  /// A field of a row, or nil where there is no such column.
  func field(_ column: String, _ row: CSVReader.Row) -> String? {
    columns[column].map { row.fields[$0] }
  }
}
