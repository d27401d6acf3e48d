import Reports
import Testing

@Suite struct TableTests {
  @Test func csvQuotesWhatNeedsIt() throws {
    let table = try SampleTable([
      .init("index", .integers([0, 1, nil])),
      .init("name, \"true\"", .texts(["a,b", "say \"hi\"\r\nthere", ""])),
      .init("loss", .numbers([0.1, .infinity, nil])),
      .init("score", .floats([0.1, 1e-7, .nan])),
      .init("broken", .flags([true, false, nil])),
    ])
    #expect(
      table.csv()
        == "index,\"name, \"\"true\"\"\",loss,score,broken\n"
        + "0,\"a,b\",0.1,0.1,true\n"
        + "1,\"say \"\"hi\"\"\r\nthere\",inf,1e-07,false\n"
        + ",\"\",,nan,\n")
  }

  @Test func columnsMustFitTogether() throws {
    #expect(throws: SampleTableError.length(column: "b", count: 1, expected: 2)) {
      try SampleTable([.init("a", .integers([1, 2])), .init("b", .integers([1]))])
    }
    #expect(throws: SampleTableError.duplicate(column: "a")) {
      try SampleTable([.init("a", .integers([1])), .init("a", .flags([true]))])
    }
  }

  @Test func textIsAligned() {
    let table = TextTable(
      [.init("name"), .init("value", .trailing)],
      rows: [["a\nb", "1.5"], ["日本", "10"], ["short"], ["x", "1", "surplus"]])
    #expect(
      table.text() == """
        name   value
        -----  -----
        a b      1.5
        日本      10
        short
        x          1

        """)
  }

  @Test func markdownIsEscaped() {
    let table = TextTable(
      [.init("a|b"), .init("n", .trailing)], rows: [["<script>*x*_y_`z`\n|", "1"]])
    #expect(
      table.markdown() == """
        | a\\|b | n |
        | --- | ---: |
        | &lt;script&gt;\\*x\\*\\_y\\_\\`z\\` \\| | 1 |

        """)
  }
}
