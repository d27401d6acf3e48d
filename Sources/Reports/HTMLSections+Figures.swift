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
    for strip in strips { figures.append(try HTMLFigures.figure(strip)) }
    return """
      <h2>Pictures</h2>
      <div class="strips">
      \(figures)</div>

      """
  }
}
