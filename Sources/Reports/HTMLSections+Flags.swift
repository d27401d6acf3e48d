import Foundation

extension HTMLSections {
  /// Raised flags, open; then all others, closed, with their count.
  var flags: HTML {
    guard !report.flags.isEmpty else { return "" }
    let raised = report.flags.filter(\.raised)
    let others = report.flags.filter { !$0.raised }
    let open: HTML =
      raised.isEmpty
      ? "<p>No flag is raised.</p>\n"
      : "<div class=\"card\">\(table(of: raised, label: "flags"))</div>\n"
    let closed: HTML =
      others.isEmpty
      ? ""
      : """
      <details class="others"><summary id="flags-not-raised">\(Self.count(others))</summary>
      <div class="card">\(table(of: others, label: "flags-not-raised"))</div></details>

      """
    return """
      <h2 id="flags">Can these numbers be trusted?</h2>
      <p class="lead">The audit checks itself. A raised flag means that a number above may be too \
      good to be true; the remedy says what to do.</p>
      \(open)\(closed)
      """
  }

  /// How many flags are clear, and how many could not be measured.
  private static func count(_ flags: [Flag]) -> String {
    let unknown = flags.filter { $0.state == "not measured" }.count
    let clear = flags.count - unknown
    let parts = [
      clear > 0 ? "\(clear) \(clear == 1 ? "flag" : "flags") clear" : nil,
      unknown > 0 ? "\(unknown) not measured" : nil,
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  private func isHealed(_ flag: Flag) -> Bool {
    report.healing?.resolved.contains(flag.id) ?? false
  }

  private var healed: HTML { " <span class=\"badge tone-pass\">healed</span>" }

  private func table(of flags: [Flag], label: String) -> HTML {
    let rows = flags.map { flag -> HTML in
      let tone = flag.raised ? "tone-warn" : "tone-info"
      return """
        <tr role="row"><th scope="row" role="rowheader">\(flag.meaning)\
        <code>\(flag.check.map { "\($0) " } ?? "")\(flag.id.text)</code></th>\
        \(cell(flag.value.map { NumberText.short($0) } ?? "", label: "Value"))\
        \(cell(flag.threshold.map { NumberText.short($0) } ?? "", label: "Threshold"))\
        <td role="cell" class="wide">\(flag.remedy)</td>\
        <td role="cell" class="badge-cell wide"><span class="badge \(tone)">\
        \(flag.state)</span>\(isHealed(flag) ? healed : "")</td></tr>

        """
    }
    return """
      <table class="findings stack" role="table" aria-labelledby="\(label)">
      <thead><tr role="row"><th scope="col" role="columnheader">What a raised flag means</th>\
      <th scope="col" role="columnheader" class="right">Value</th>\
      <th scope="col" role="columnheader" class="right">Threshold</th>\
      <th scope="col" role="columnheader">Remedy</th>\
      <th scope="col" role="columnheader">Flag</th></tr></thead>
      <tbody>
      \(rows)</tbody></table>
      """
  }
}
