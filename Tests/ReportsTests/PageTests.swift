import Foundation
import Testing

@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PageTests {
  private static func isWellFormed(_ xml: String) -> Bool {
    let parser = XMLParser(data: Data(xml.utf8))
    // On Linux `parse` also returns true after an error.
    return parser.parse() && parser.parserError == nil
  }

  private static let plots: [Plot] = [
    Sample.curve, Sample.histogram, Sample.bars,
    .confusion(classes: ["<b>", "a & b"], counts: [[5, 1], [0, 4]]),
    .confusion(
      classes: (0..<60).map { "class \($0)" },
      counts: [[Int]](repeating: [Int](repeating: 1, count: 60), count: 60)),
    // Nothing to draw, ragged, constant, huge: never a trap, always a picture.
    Plot(
      title: "", caption: "",
      content: .lines(.init(x: Plot.Axis(""), y: Plot.Axis(""), series: []))),
    Plot(
      title: "", caption: "",
      content: .lines(
        .init(
          x: Plot.Axis("x"), y: Plot.Axis("y"),
          series: [
            .init(
              "s",
              points: [
                .init(x: 1e308, y: -1e308), .init(x: -1e308, y: 1e308),
                .init(x: .infinity, y: 0, low: .nan, high: 1),
              ])
          ]))),
    Plot(
      title: "", caption: "",
      content: .histogram(
        .init(x: Plot.Axis("x"), counted: "n", edges: [], groups: [.init("g", counts: [1])]))),
    Plot(
      title: "", caption: "",
      content: .histogram(
        .init(x: Plot.Axis("x"), counted: "n", values: [(name: "", values: [2, 2])]))),
    Plot(
      title: "", caption: "",
      content: .bars(.init(category: "c", y: Plot.Axis("y"), bars: []))),
    Plot(
      title: "", caption: "",
      content: .heatmap(
        .init(rowTitle: "", columnTitle: "", rows: ["a"], columns: ["b", "c"], values: [[]]))),
    Plot(
      title: "", caption: "",
      content: .plane(
        .init(
          x: Plot.Axis("x"), y: Plot.Axis("y"), classes: [], answers: [], boundary: [], examples: []
        ))
    ),
    Plot(
      title: "<&>", caption: "",
      content: .plane(
        .init(
          x: Plot.Axis("x", range: -1...1), y: Plot.Axis("y", range: 0...1e300),
          classes: ["<a>", "b"],
          answers: [
            [.init(label: 0, probability: .nan), .init(label: 1, probability: 1)],
            [.init(label: 5, probability: 0.9)],
          ],
          boundary: [
            .init(from: SIMD2(0, 0), to: SIMD2(0, 1)), .init(from: SIMD2(.nan, 0), to: SIMD2(0, 9)),
          ],
          examples: [.init(x: .infinity, y: 0, label: 0), .init(x: 0, y: 0.5, label: 1)]))),
    Plot(
      title: "<&>", caption: "",
      content: .plane(
        .init(
          x: Plot.Axis("x", range: -1...1), y: Plot.Axis("y", range: -1...1),
          classes: ["<a>", "b"], answers: [[.init(label: 0, probability: 0.9)]],
          boundary: [
            .init(from: SIMD2(0, -1), to: SIMD2(0, 0)), .init(from: SIMD2(0, 0), to: SIMD2(0, 1)),
          ],
          examples: [.init(x: 0.4, y: 0.5, label: 1)],
          ways: [
            .init(
              from: .init(x: 0.4, y: 0.5, label: 1), to: SIMD2(0, 0.5), image: SIMD2(-0.5, 0.5)),
            .init(from: .init(x: -0.4, y: 0, label: 0), to: SIMD2(90, .infinity)),
            .init(from: .init(x: -0.4, y: 0.2, label: 0), to: SIMD2(90, 0)),
            .init(from: .init(x: .nan, y: 0, label: 7), to: SIMD2(0, 0)),
          ]))),
  ]

  @Test(arguments: plots.indices)
  func drawingsAreWellFormedXML(index: Int) throws {
    for size in [Plot.DrawingSize.wide, .narrow] {
      let svg = Self.plots[index].svg(size: size)
      #expect(Self.isWellFormed(svg), "\(svg.prefix(2000))")
      #expect(!svg.contains("nan"))
      #expect(!svg.contains("inf\""))
    }
  }

  @Test func aBoundTakesNoColourAndCountsAreWhole() throws {
    func line(_ name: String, _ style: Plot.Series.Style) -> Plot.Series {
      .init(name, points: [.init(x: 0, y: 1), .init(x: 1, y: 0)], style: style)
    }
    let plot = Plot(
      title: "", caption: "",
      content: .lines(
        .init(
          x: Plot.Axis("x"), y: Plot.Axis("y"),
          series: [line("proven", .bound), line("attack", .marked)])))
    let figure = plot.plotly.text()
    #expect(figure.contains("--ink") && figure.contains("--series-1"))
    #expect(!figure.contains("--series-2"))
    #expect(plot.table.rows.count == 4)
    let counts = Plot.confusion(classes: ["a", "b"], counts: [[1135, 0], [2, 98765]])
    #expect(counts.plotly.text().contains("1135") && counts.svg().contains("98765"))
  }

  @Test func piecesThatShareAnEndAreOneCurve() {
    func piece(_ x: Double, _ y: Double, _ u: Double, _ v: Double) -> Plot.Plane.Segment {
      .init(from: SIMD2(x, y), to: SIMD2(u, v))
    }
    func curves(_ pieces: [Plot.Plane.Segment]) -> [Int] {
      Plot.Plane(
        x: Plot.Axis("x"), y: Plot.Axis("y"), classes: [], answers: [], boundary: pieces,
        examples: []
      ).curves.map(\.count).sorted()
    }
    // A closed ring ends where it begins; of three pieces at one place none is joined.
    #expect(curves([piece(0, 0, 1, 0), piece(1, 1, 0, 0), piece(1, 0, 1, 1)]) == [4])
    #expect(curves([piece(2, 0, 1, 0), piece(0, 0, 1, 0), piece(5, 5, 6, 6)]) == [2, 3])
    #expect(curves([piece(0, 0, 1, 0), piece(0, 0, 0, 1), piece(0, 0, -1, 0)]) == [2, 2, 2])
    #expect(curves([piece(.nan, 0, 1, 0)]).isEmpty)
  }

  @Test(arguments: plots.indices)
  func figuresAndTablesAreThereForEveryPlot(index: Int) throws {
    let figure = Self.plots[index].plotly.text()
    #expect(try JSONSerialization.jsonObject(with: Data(figure.utf8)) is [String: Any])
    #expect(!Self.plots[index].table.columns.isEmpty)
  }

  @Test func theParserDoesFindWhatIsBroken() {
    #expect(!Self.isWellFormed("<svg><g></svg>"))
  }

  @Test func nothingFromOutsideBecomesMarkup() throws {
    let page = try HTMLReport(Sample.report()).text()
    #expect(!page.contains("<script"))
    #expect(!page.contains("<img src=x"))
    #expect(!page.contains("</title><"))
    #expect(!page.contains("<b>"))
    #expect(page.contains("Clean &lt;script&gt;alert(1)&lt;/script&gt; accuracy"))
    #expect(page.components(separatedBy: "<title>").count == 2)
    // What the page writes itself must not have been escaped.
    for tag in ["&lt;p", "&lt;div", "&lt;small", "&lt;dl", "&lt;table", "class=&quot;"] {
      #expect(!page.contains(tag), "\(tag) is shown as text")
    }
  }

  @Test func thePageIsBalancedAndLoadsNothing() throws {
    let page = try HTMLReport(Sample.report()).text()
    for tag in ["table", "tr", "td", "th", "div", "figure", "section", "details", "svg", "main"] {
      let opened =
        page.components(separatedBy: "<\(tag) ").count
        + page.components(separatedBy: "<\(tag)>").count - 2
      #expect(opened == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
    }
    let withoutNamespace = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    #expect(!withoutNamespace.contains("http://"))
    #expect(!withoutNamespace.contains("https://"))
    #expect(!page.contains("<link"))
    #expect(page.contains("<html lang=\"en\">"))
    #expect(page.contains("alt=\"Example 3: &quot;cat&quot; &lt;-&gt; dog: cat\""))
    #expect(page.contains("prefers-color-scheme:dark"))
  }

  @Test func raisedFlagsAreOpenAndTheOthersCountedAndClosed() throws {
    var report = try Sample.report()
    report.flags.append(
      try Flag(id: "model.moves", raised: false, value: nil, meaning: "", remedy: ""))
    let page = try HTMLReport(report).text()
    let parts = page.components(separatedBy: "<details class=\"others\">")
    #expect(parts.count == 2)
    #expect(parts[0].contains("gradients.zero_share") && !parts[0].contains("model.random"))
    #expect(parts[1].contains(">1 flag clear, 1 not measured</summary>"))
    #expect(parts[1].contains("model.random") && parts[1].contains("model.moves"))
    #expect(!page.contains(">healed<"))
    report.healing = Healing(
      remedies: ["the margin"], resolved: [report.flags[0].id], remaining: [])
    #expect(try HTMLReport(report).text().contains(">healed<"))
    report.flags.removeFirst()
    #expect(try HTMLReport(report).text().contains("No flag is raised."))
    report.flags = []
    #expect(try !HTMLReport(report).text().contains("No flag is raised."))
  }

  @Test func scriptsCannotBeLeftEarly() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/plotly.js"
    try AtomicFile.write(Data("var a='</script><!--';".utf8), to: path)
    let page = try HTMLReport(Sample.report(), plotlyPath: path).text()
    #expect(page.contains("var a='<\\/script><\\!--';"))
    let opened = page.components(separatedBy: "<script").count
    #expect(opened == page.components(separatedBy: "</script>").count)
    #expect(page.contains("PGD \\u003ci>") || page.contains("PGD &lt;i&gt;"))
  }

  @Test(
    "a script inside of a page stays what it is, but for what would end it",
    arguments: [
      ("", ""), ("<", "<"), ("a<b <!-", "a<b <!-"), ("é<</Script >ü", "é<<\\/Script >ü"),
      ("'</script>' + \"<!--\" + '</SCRIPT'", "'<\\/script>' + \"<\\!--\" + '<\\/SCRIPT'"),
      ("</scrip", "</scrip"), ("1 <!--", "1 <\\!--"),
    ])
  func inlined(_ script: String, _ safe: String) {
    #expect(HTMLScript.inlined(script).text == "<script>\(safe)</script>\n")
  }

  @Test func aMissingScriptMeansDrawings() throws {
    let report = try Sample.report()
    #expect(
      try HTMLReport(report, plotlyPath: "/nowhere/plotly.js").text()
        == HTMLReport(report).text())
  }

  @Test func markdownHasTheSameContentWithoutMarkup() throws {
    let text = MarkdownReport(try Sample.report()).text()
    #expect(!text.contains("<script"))
    #expect(text.contains("43.2% (40.1 to 46.3%)"))
    #expect(text.contains("## Measurements"))
    #expect(text.contains("gradients.zero\\_share"))
    #expect(text.contains("| nested.off | no |"))
  }

  @Test func filesOfAReport() throws {
    let table = try SampleTable([.init("index", .integers([0]))])
    let names = try Sample.report().files(samples: table).map(\.name)
    #expect(names == ["samples.csv", "report.md", "report.html", "report.json"])
  }
}

@Suite struct BitmapTests {
  @Test(arguments: [1, 3])
  func pngHasSignatureAndSize(channels: Int) throws {
    let values = [Float](repeating: 0.5, count: channels * 6)
    let png = try Bitmap(channelsFirst: values, channels: channels, height: 2, width: 3).png()
    #expect(Array(png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(png[16..<24]) == [0, 0, 0, 3, 0, 0, 0, 2])
    #expect(png[24] == 8)
    #expect(png[25] == (channels == 3 ? 2 : 0))
  }

  @Test func channelsAreInterleavedAndCut() throws {
    let bitmap = try Bitmap(
      channelsFirst: [0, 1, 2, -1, 0.5, .nan], channels: 3, height: 1, width: 2)
    #expect(bitmap.pixels == [0, 255, 128, 255, 0, 0])
  }

  @Test func sizesMustFit() {
    #expect(throws: BitmapError.self) {
      try Bitmap(channelsFirst: [0], channels: 2, height: 1, width: 1)
    }
    #expect(throws: BitmapError.self) {
      try Bitmap(width: 0, height: 0, channels: 1, pixels: [])
    }
  }

  @Test func differencesAreMagnifiedAsFarAsTheyFit() throws {
    let strip = try PictureStrip.adversarial(
      caption: "c", original: (values: [0.5, 0.5], label: "o"),
      adversarial: (values: [0.6, 0.4], label: "a"), shape: (channels: 1, height: 1, width: 2))
    #expect(strip.panels[2].label == "difference, magnified 10 times")
    #expect(strip.panels[2].bitmap.pixels == [255, 0])
    let same = try PictureStrip.adversarial(
      caption: "c", original: (values: [0.5], label: "o"), adversarial: (values: [0.5], label: "a"),
      shape: (channels: 1, height: 1, width: 1))
    #expect(same.panels[2].label == "no difference")
    #expect(same.panels[2].bitmap.pixels == [128])
  }

  @Test("one point has one number below it, and its own height inside the frame")
  func onePoint() {
    let plot = Plot(
      title: "accuracy", caption: "",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("step"), y: Plot.Axis(""),
          series: [Plot.Series("a", points: [.init(x: 1999, y: 0.951)], style: .marked)])))
    let svg = plot.svg()
    #expect(svg.components(separatedBy: ">1999<").count == 2)
    #expect(svg.contains(">0.96<") && !svg.contains(">1<"))
    // A script finds the place of a number by these: left, right, and the numbers there.
    #expect(svg.contains(/data-x="[0-9.]+ 506.0 [0-9.]+ [0-9.]+"/))
  }
}
