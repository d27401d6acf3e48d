extension TextTable {
  /// The table as comma-separated values with a header (RFC 4180), lines ended by a line feed.
  ///
  /// Empty cells are nothing, except in a table of one column, where readers would skip the line. A
  /// table without columns is an empty text.
  public func csv() -> String {
    guard !columns.isEmpty else { return "" }
    let isAlone = columns.count == 1
    return ([columns.map(\.name)] + rows).map { row in
      let cells = row.map { $0.isEmpty && !isAlone ? "" : CSVText.quoted($0) }
      return cells.joined(separator: ",") + "\n"
    }.joined()
  }

  /// The table as LaTeX, in a `table` environment with the rules of the booktabs package.
  ///
  /// A table without columns is a comment that says so, because LaTeX has no such tables.
  ///
  /// - Parameters:
  ///   - caption: plain text below the table.
  ///   - label: what `\ref` finds it by; characters other than ASCII letters, digits, `:`, `.` and
  ///     `-` become `-`.
  public func latex(caption: String? = nil, label: String? = nil) -> String {
    guard !columns.isEmpty else { return "% A table without columns.\n" }
    let alignment = columns.map { $0.alignment == .trailing ? "r" : "l" }.joined()
    var text = "% Needs \\usepackage{booktabs}.\n\\begin{table}\n\\centering\n"
    text += "\\begin{tabular}{@{}\(alignment)@{}}\n\\toprule\n"
    text += LaTeXText.row(columns.map(\.name)) + "\\midrule\n"
    text += rows.map(LaTeXText.row).joined() + "\\bottomrule\n\\end{tabular}\n"
    if let caption { text += "\\caption{\(LaTeXText.escaped(caption))}\n" }
    if let label { text += "\\label{\(LaTeXText.label(label))}\n" }
    return text + "\\end{table}\n"
  }
}
