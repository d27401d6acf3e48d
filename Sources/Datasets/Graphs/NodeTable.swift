/// The nodes of a graph as `nodes.csv` lists them: names, classes and parts.
struct NodeTable {
  let labels: [Int]
  let classNames: [String]
  let split: [DatasetPart: [Int]]
  private let numbers: [String: Int]

  /// - Throws: `DatasetError` (empty, duplicate, badValue, labelOutOfRange) with file and line.
  init(_ table: NamedRows, classNames given: [String]?) throws {
    guard !table.rows.isEmpty else {
      throw DatasetError(
        .empty, in: table.name, "has no node", remedy: "write one node a line under the header")
    }
    numbers = try Self.numbers(table)
    let names = try table.rows.map { try Self.label($0, table) }
    let classNames = given ?? Table.orderedClasses(names)
    // Without names in a file a label is a name; with them it is a name or a number.
    let known = Dictionary(zip(classNames, classNames.indices)) { first, _ in first }
    labels = try zip(names, table.rows).map { label, row in
      if let number = known[label] { return number }
      if let number = Int(label), classNames.indices.contains(number) { return number }
      throw DatasetError(
        .labelOutOfRange, in: table.name,
        "line \(row.line): \"\(label)\" is not one of the \(classNames.count) classes",
        remedy: "correct the label, or add it to classes.txt")
    }
    self.classNames = classNames
    var split: [DatasetPart: [Int]] = [:]
    for (node, row) in table.rows.enumerated() {
      if let part = table.field("split", row).flatMap(DatasetPart.init(folder:)) {
        split[part, default: []].append(node)
      }
    }
    self.split = split
  }

  /// The number of the node that a column of a row names.
  ///
  /// - Throws: `DatasetError` (dangling) when there is no such node.
  func index(_ row: CSVReader.Row, _ column: String, in table: NamedRows) throws -> Int {
    let name = table.field(column, row) ?? ""
    guard let number = numbers[name] else {
      throw DatasetError(
        .dangling, in: table.name,
        "line \(row.line): the \(column) \"\(name)\" is not one of the \(numbers.count) nodes",
        remedy: "remove the line, or list the node in nodes.csv")
    }
    return number
  }

  private static func numbers(_ table: NamedRows) throws -> [String: Int] {
    var numbers: [String: Int] = [:]
    for (number, row) in table.rows.enumerated() {
      let name = table.field("node", row) ?? ""
      if let before = numbers[name] {
        throw DatasetError(
          .duplicate, in: table.name,
          "line \(row.line): the node \"\(name)\" is on line \(table.rows[before].line) already",
          remedy: "list every node once")
      }
      numbers[name] = number
    }
    return numbers
  }

  private static func label(_ row: CSVReader.Row, _ table: NamedRows) throws -> String {
    let label = table.field("label", row) ?? ""
    guard !label.isEmpty else {
      throw DatasetError(
        .badValue, in: table.name, "line \(row.line): the node has no label",
        remedy: "give every node a class; those in no part may have any")
    }
    return label
  }
}
