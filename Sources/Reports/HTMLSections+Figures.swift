import Foundation

extension HTMLSections {
  /// Every plot of every finding, each with its numbers.
  var plots: HTML {
    let plots = report.findings.flatMap(\.plots)
    guard !plots.isEmpty else { return "" }
    return """
      <h2>Measurements</h2>
      <div class="plots">
      \(plots.map(HTMLFigures(isInteractive: isInteractive).figure))</div>

      """
  }

  /// The picture strips of every finding.
  func pictures() throws(BitmapError) -> HTML {
    let strips = report.findings.flatMap(\.pictures)
    guard !strips.isEmpty else { return "" }
    var figures: [HTML] = []
    for strip in strips { figures.append(try figure(strip)) }
    return """
      <h2>Pictures</h2>
      <div class="strips">
      \(figures)</div>

      """
  }

  private func figure(_ strip: PictureStrip) throws(BitmapError) -> HTML {
    var panels: [HTML] = []
    for panel in strip.panels {
      let data = try panel.bitmap.png().base64EncodedString()
      let (width, height) = (panel.bitmap.width, panel.bitmap.height)
      panels.append(
        """
        <div><img src="data:image/png;base64,\(data)" width="\(width)" height="\(height)" \
        alt="\(strip.caption): \(panel.label)"><span>\(panel.label)</span></div>

        """)
    }
    return """
      <figure class="card strip"><figcaption>\(strip.caption)</figcaption>
      <div class="panels">\(panels)</div></figure>

      """
  }
}
