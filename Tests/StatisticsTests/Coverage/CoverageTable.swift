import Foundation

/// Coverages by interval and number of units, as a table in Markdown.
struct CoverageTable {
  private struct Row {
    let name, units: String
    var shares: [Int: Double] = [:]
  }

  private var rows: [Row] = []

  mutating func add(_ share: Double, for count: Int, name: String, units: String) {
    if let index = rows.firstIndex(where: { $0.name == name && $0.units == units }) {
      rows[index].shares[count] = share
    } else {
      rows.append(Row(name: name, units: units, shares: [count: share]))
    }
  }

  /// Percentages with one digit; empty where nothing was measured.
  var markdown: String {
    let counts = Set(rows.flatMap(\.shares.keys)).sorted()
    let head = ["interval", "units"] + counts.map(String.init)
    let rule = ["---", "---"] + counts.map { _ in "---:" }
    let body = rows.map { row in
      [row.name, row.units]
        + counts.map { row.shares[$0].map { String(format: "%.1f", 100 * $0) } ?? "" }
    }
    return ([head, rule] + body).map { "| \($0.joined(separator: " | ")) |" }
      .joined(separator: "\n")
  }
}
