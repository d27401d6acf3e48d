extension TextTable {
  /// The table as comma-separated values with a header (RFC 4180), lines ended by a line feed. Empty
  /// cells are nothing.
  public func csv() -> String {
    ([columns.map(\.name)] + rows).map { row in
      row.map { $0.isEmpty ? "" : CSVText.quoted($0) }.joined(separator: ",") + "\n"
    }.joined()
  }

  /// The table as LaTeX, in a `table` environment with the rules of the booktabs package.
  ///
  /// - Parameters:
  ///   - caption: plain text below the table.
  ///   - label: what `\\ref` finds it by.
  public func latex(caption: String? = nil, label: String? = nil) -> String {
    let alignment = columns.map { $0.alignment == .trailing ? "r" : "l" }.joined()
    func line(_ cells: [String]) -> String {
      "  " + cells.map(LaTeXText.escaped).joined(separator: " & ") + " \\\\\n"
    }
    var text = "% Needs \\usepackage{booktabs}.\n\\begin{table}\n\\centering\n"
    text += "\\begin{tabular}{@{}\(alignment)@{}}\n\\toprule\n"
    text += line(columns.map(\.name)) + "\\midrule\n"
    text += rows.map(line).joined() + "\\bottomrule\n\\end{tabular}\n"
    if let caption { text += "\\caption{\(LaTeXText.escaped(caption))}\n" }
    if let label { text += "\\label{\(LaTeXText.label(label))}\n" }
    return text + "\\end{table}\n"
  }
}
