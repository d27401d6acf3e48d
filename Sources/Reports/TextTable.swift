/// A table of texts, for the terminal, Markdown, LaTeX and comma-separated values.
public struct TextTable: Sendable, Hashable {
  /// Where the text of a column stands.
  public enum Alignment: String, Sendable, Hashable {
    /// At the left, for words.
    case leading
    /// At the right, for numbers.
    case trailing
  }

  /// A column's name and alignment.
  public struct Column: Sendable, Hashable {
    /// The name in the header.
    public var name: String
    /// Where its text stands.
    public var alignment: Alignment

    /// A column from its parts.
    public init(_ name: String, _ alignment: Alignment = .leading) {
      self.name = name
      self.alignment = alignment
    }
  }

  /// The columns from left to right.
  public let columns: [Column]
  /// The rows from the top, each with one text per column.
  public private(set) var rows: [[String]] = []

  /// A table without rows yet, or with them.
  public init(_ columns: [Column], rows: [[String]] = []) {
    self.columns = columns
    for row in rows { append(row) }
  }

  /// Adds a row; missing texts are empty, surplus ones are dropped.
  public mutating func append(_ row: [String]) {
    let missing = max(0, columns.count - row.count)
    rows.append(Array(row.prefix(columns.count)) + [String](repeating: "", count: missing))
  }

  /// The table with aligned columns two spaces apart, a rule below the header, and a line feed after
  /// every line. Control characters in cells become spaces. Without columns it is an empty text.
  public func text() -> String {
    guard !columns.isEmpty else { return "" }
    let cells = ([columns.map(\.name)] + rows).map { $0.map(Self.singleLine) }
    let widths = columns.indices.map { column in
      cells.map { Self.width(of: $0[column]) }.max() ?? 0
    }
    var lines = cells.map { line($0, widths: widths) }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table in GitHub's Markdown, with every special character of the cells escaped. Without
  /// columns it is an empty text.
  public func markdown() -> String {
    guard !columns.isEmpty else { return "" }
    let rule = columns.map { $0.alignment == .trailing ? "---:" : "---" }
    let lines =
      [columns.map { MarkdownText.escaped($0.name) }, rule]
      + rows.map { $0.map(MarkdownText.escaped) }
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private func line(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += "  " }
      let padding = String(repeating: " ", count: widths[index] - Self.width(of: cell))
      line += columns[index].alignment == .trailing ? padding + cell : cell + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func singleLine(_ text: String) -> String {
    String(text.map { $0.unicodeScalars.allSatisfy { $0.value < 0x20 } ? " " : $0 })
  }

  /// Columns of a terminal that a text takes: two for East Asian wide characters and emoji.
  private static func width(of text: String) -> Int {
    text.reduce(0) { $0 + ($1.unicodeScalars.contains(where: isWide) ? 2 : 1) }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
