/// Examples in a delimited text file: one a row, numeric features and one column of labels.
struct Table {
  private let name: String
  private let columns: [String]
  private let rows: [CSVReader.Row]
  private let labelColumn: Int
  private let options: TableOptions

  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what to call it in errors.
  ///   - options: how to read it.
  /// - Throws: `DatasetError`.
  init(_ bytes: [UInt8], name: String, options: TableOptions) throws {
    var rows = try CSVReader.rows(bytes, delimiter: options.delimiter, name: name)
    let hasHeader = Table.hasHeader(rows, options)
    let header = hasHeader ? rows.removeFirst().fields : []
    guard let first = rows.first else {
      throw DatasetError(
        .empty, in: name, "has no example", remedy: "write one example a line under the header")
    }
    guard first.fields.count > 1 else {
      throw DatasetError(
        .badValue, in: name,
        "line \(first.line) has a single column; features and a label are needed",
        remedy: "separate the columns by commas, or name the delimiter")
    }
    columns = hasHeader ? header : first.fields.indices.map { "\($0 + 1)" }
    labelColumn = try Table.labelColumn(columns, hasHeader: hasHeader, options, name)
    self.name = name
    self.rows = rows
    self.options = options
  }

  /// The examples, features in the order of their columns.
  ///
  /// - Throws: `DatasetError` (badValue, notFinite, labelOutOfRange) with line and column.
  func examples(named title: String) throws -> Examples {
    let width = columns.count - 1
    var values: [Float] = []
    values.reserveCapacity(rows.count * width)
    for row in rows {
      for (column, field) in row.fields.enumerated() where column != labelColumn {
        values.append(try number(field, row: row, column: column))
      }
    }
    let classes = try options.classNames ?? found()
    let numbers = Dictionary(classes.enumerated().map { ($1, Int64($0)) }) { first, _ in first }
    let labels = try rows.map { row in
      let label = row.fields[labelColumn]
      guard let number = numbers[label] else {
        throw DatasetError(
          .labelOutOfRange, in: name,
          "line \(row.line), column \(labelColumn + 1): \"\(label)\" is not one of the "
            + "\(classes.count) classes",
          remedy: "correct the label, or add it to the class names")
      }
      return number
    }
    return Examples(
      name: title, part: .all, values: .floats(values), inputShape: [width], labels: labels,
      classNames: classes)
  }

  private func number(_ field: String, row: CSVReader.Row, column: Int) throws -> Float {
    let title = columns[column] == "\(column + 1)" ? "" : " (\(columns[column]))"
    let place = "line \(row.line), column \(column + 1)\(title)"
    guard let value = Float(field) else {
      throw DatasetError(
        .badValue, in: name,
        "\(place): \(field.isEmpty ? "an empty field" : "\"\(field)\"") is not a number",
        remedy: "fill missing values and encode text as numbers before")
    }
    guard value.isFinite else {
      throw DatasetError(
        .notFinite, in: name, "\(place): \"\(field)\" is not a finite number",
        remedy: "fill or drop examples with missing or infinite values first")
    }
    return value
  }

  /// The different labels, in an order that depends on nothing but them.
  private func found() throws -> [String] {
    if let row = rows.first(where: { $0.fields[labelColumn].isEmpty }) {
      throw DatasetError(
        .badValue, in: name, "line \(row.line), column \(labelColumn + 1): the label is empty",
        remedy: "give every example a label")
    }
    return Table.orderedClasses(rows.map { $0.fields[labelColumn] })
  }

  /// The different ones among labels: by value when all are numbers, otherwise by spelling.
  static func orderedClasses(_ labels: [String]) -> [String] {
    let names = Set(labels)
    let values = names.compactMap { name in Double(name).map { (name, $0) } }
    guard values.count == names.count, values.allSatisfy(\.1.isFinite) else {
      return names.sorted(by: FileTree.precedes)
    }
    return values.sorted { $0.1 == $1.1 ? FileTree.precedes($0.0, $1.0) : $0.1 < $1.1 }.map(\.0)
  }

  private static func hasHeader(_ rows: [CSVReader.Row], _ options: TableOptions) -> Bool {
    guard let first = rows.first?.fields else { return false }
    switch options.header {
    case .present: return true
    case .absent: return false
    case .detect:
      if let label = options.label, Int(label) == nil, first.contains(label) { return true }
      guard rows.count > 1 else { return first.allSatisfy { Float($0) == nil } }
      // An empty field is a missing value more likely than a name.
      return zip(first, rows[1].fields).contains {
        !$0.isEmpty && Float($0) == nil && Float($1) != nil
      }
    }
  }

  private static func labelColumn(
    _ columns: [String], hasHeader: Bool, _ options: TableOptions, _ name: String
  ) throws -> Int {
    guard let label = options.label else {
      let usual = ["label", "class", "target", "y"]
      let named = columns.firstIndex { usual.contains($0.lowercased()) }
      return hasHeader ? named ?? columns.count - 1 : columns.count - 1
    }
    if hasHeader, let index = columns.firstIndex(of: label) { return index }
    if let number = Int(label), columns.indices.contains(number - 1) { return number - 1 }
    let known = hasHeader ? columns.joined(separator: ", ") : "numbers 1 to \(columns.count)"
    throw DatasetError(
      .badSetting, in: name, "has no column \"\(label)\" for the labels",
      remedy: "name one of its columns: \(known)")
  }
}
