import Foundation
import Reports
import Testing

@Suite struct TableFormatTests {
  @Test func csvQuotesLikeSampleTables() throws {
    let cells = ["a,b", "say \"hi\"\r\nthere", " led", "trailed ", "plain", "=1+1", "é\u{2028}"]
    let samples = try SampleTable([
      .init("h,1", .texts(cells)), .init("n", .integers(cells.indices.map { $0 })),
    ])
    let table = TextTable(
      [.init("h,1"), .init("n")], rows: cells.enumerated().map { [$1, "\($0)"] })
    #expect(table.csv() == samples.csv())
    #expect(
      table.csv().hasPrefix("\"h,1\",n\n\"a,b\",0\n\"say \"\"hi\"\"\r\nthere\",1\n\" led\",2\n"))
  }

  @Test func csvKeepsEveryRow() {
    #expect(
      TextTable([.init("a"), .init("b")], rows: [["", ""], ["x"]]).csv() == "a,b\n,\nx,\n")
    // A reader would skip an empty line.
    #expect(TextTable([.init("a")], rows: [["x"], [""], ["y"]]).csv() == "a\nx\n\"\"\ny\n")
    #expect(TextTable([.init("a")]).csv() == "a\n")
    #expect(TextTable([]).csv() == "")
  }

  @Test func latexIsATableWithBooktabsRules() {
    let table = TextTable(
      [.init("variant"), .init("p", .trailing)], rows: [["a_1 & b", "< 0.001"], ["", "1"]])
    #expect(
      table.latex(caption: "50 % of x_1", label: "tab:a_b c") == #"""
        % Needs \usepackage{booktabs}.
        \begin{table}
        \centering
        \begin{tabular}{@{}lr@{}}
        \toprule
          variant & p \\
        \midrule
          a\_1 \& b & \textless{} 0.001 \\
           & 1 \\
        \bottomrule
        \end{tabular}
        \caption{50 \% of x\_1}
        \label{tab:a-b-c}
        \end{table}

        """#)
  }

  @Test(arguments: [
    ("\\ { } $ & # %", ##"\textbackslash{} \{ \} \$ \& \# \%"##),
    (
      #"_ ^ ~ < > | ""#,
      #"\_ \textasciicircum{} \textasciitilde{} \textless{} \textgreater{} "#
        + #"\textbar{} ''"#
    ),
    ("− × ± ≤ ≥ …", #"$-$ $\times$ $\pm$ $\leq$ $\geq$ \ldots{}"#),
    ("– — ° → ε σ", #"-- --- $^{\circ}$ $\rightarrow$ $\varepsilon$ $\sigma$"#),
    ("\u{3BC} \u{B5} L₂ 10⁻³ ∞", #"$\mu$ $\mu$ L$_2$ 10$^-$$^3$ $\infty$"#),
    ("‘a’ “b” \"c\"", "`a' ``b'' ''c''"),
    // What TeX would draw as dashes, curly quotes or turned signs.
    ("--x ---", "-{}-x -{}-{}-"), ("''x'' ``y``", "'{}'x'{}' `{}`y`{}`"),
    ("?` !`", "?{}` !{}`"), ("\"'", "''{}'"), ("–-", "--{}-"),
    ("caf\u{65}\u{301}", "café"), ("a\nb\tc\r\nd\u{7F}\u{0}", "a b c d  "),
    ("a\u{200B}\u{FEFF}b\u{AD}", "ab"), ("日本", "日本"),
    (#"\input{/etc/passwd}%"#, #"\textbackslash{}input\{/etc/passwd\}\%"#),
  ])
  func latexShowsCellsAsTheyAre(cell: String, expected: String) {
    #expect(body(TextTable([.init("a"), .init("b")], rows: [["x", cell]])) == "x & \(expected)")
  }

  @Test(arguments: ["[0.1, 0.2]", "*", " [5pt]", "*[x]"])
  func latexRowsAreNoArgumentsOfTheRuleAbove(cell: String) {
    let table = TextTable([.init(cell)], rows: [[cell]])
    #expect(body(table) == "{}\(cell)")
    #expect(table.latex().contains("\\toprule\n  {}\(cell) \\\\\n\\midrule"))
  }

  @Test func latexOfAlmostNothing() {
    #expect(TextTable([]).latex(caption: "c") == "% A table without columns.\n")
    let empty = TextTable([.init("a")]).latex()
    #expect(empty.contains("{@{}l@{}}\n\\toprule\n  a \\\\\n\\midrule\n\\bottomrule\n"))
    #expect(!empty.contains("caption"))
    #expect(!empty.contains("label"))
    #expect(body(TextTable([.init("a", .trailing)], rows: [[""]])) == "")
  }

  @Test func smallTablesAsTextAndMarkdown() {
    let one = TextTable([.init("a")], rows: [["1"], [""]])
    #expect(one.markdown() == "| a |\n| --- |\n| 1 |\n|  |\n")
    #expect(one.text() == "a\n-\n1\n\n")
    #expect(TextTable([.init("a")]).markdown() == "| a |\n| --- |\n")
    #expect(TextTable([]).markdown() == "")
    #expect(TextTable([], rows: [["surplus"]]).text() == "")
  }

  /// The only row of a table's body.
  private func body(_ table: TextTable) -> String {
    let parts = table.latex().components(separatedBy: "\\midrule\n  ")
    return parts.last?.components(separatedBy: " \\\\\n\\bottomrule").first ?? ""
  }
}
