import Foundation
import Reports
import Testing

@Suite("Plots with a slider")
struct SlidesTests {
  private func slides() -> Plot {
    func panel(_ height: Double) -> Plot {
      Plot(
        title: "line", caption: "",
        content: .lines(
          Plot.Lines(
            x: Plot.Axis("x"), y: Plot.Axis("y"),
            series: [
              Plot.Series("all", points: [.init(x: 0, y: 0), .init(x: 1, y: height)]),
              Plot.Series("here", points: [.init(x: 1, y: height)], style: .points),
            ])))
    }
    let picture = Plot(
      title: "picture", caption: "", content: .picture(Plot.Picture(rows: [[0, 1], [.nan, 7]])))
    return Plot(
      title: "slides", caption: "Move it.",
      content: .slides(
        Plot.Slides(
          setting: "height",
          steps: [1.0, 2, 3].map { .init("\($0)", panels: [panel($0), picture]) }, start: 1,
          table: TextTable([.init("height")], rows: [["1"], ["2"], ["3"]]))))
  }

  @Test("every step is a frame with as many traces, each panel on axes of its own")
  func frames() throws {
    guard case .object(let figure) = slides().plotly, case .array(let frames)? = figure["frames"],
      case .object(let layout)? = figure["layout"]
    else { throw CancellationError() }
    #expect(frames.count == 3)
    for frame in frames {
      guard case .object(let object) = frame, case .array(let traces)? = object["data"] else {
        throw CancellationError()
      }
      let axes = traces.map { trace -> JSONValue? in
        guard case .object(let object) = trace else { return nil }
        return object["xaxis"]
      }
      #expect(axes == ["x", "x", "x2"])
    }
    #expect(layout["xaxis2"] != nil && layout["yaxis2"] != nil && layout["sliders"] != nil)
  }

  @Test("without scripts there are the drawings of one step and all numbers")
  func fallback() {
    let plot = slides()
    #expect(plot.svg().components(separatedBy: "<svg").count == 3)
    #expect(plot.table.rows.count == 3)
    let page = ResultsPage(
      title: "page", sections: [.init("part", content: [.plot(plot)])], version: "1"
    ).html()
    #expect(page.contains("class=\"slides\"") && page.contains("Move it."))
  }

  @Test("pictures are cut to black and white")
  func picture() {
    #expect(Plot.Picture(rows: [[-1, 0.5, 2, .nan]]).rows == [[0, 0.5, 1, 0]])
  }
}
