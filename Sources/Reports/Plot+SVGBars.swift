extension Plot.Histogram {
  func draw(on canvas: inout SVGCanvas) {
    let counts = groups.flatMap(\.counts).map(Double.init)
    let keys = groups.enumerated().map {
      PlotFrame.Key(name: $1.name, colour: $0)
    }
    let yAxis = Plot.Axis(counted)
    let frame = PlotFrame(
      on: &canvas, xAxis: x, yAxis: yAxis, xDomain: PlotScale.domain(of: x, holding: edges),
      yDomain: PlotScale.domain(of: yAxis, holding: counts, fromZero: true), keys: keys)
    let opacity = groups.count > 1 ? 0.55 : 0.85
    for (index, group) in groups.enumerated() {
      for (bin, count) in group.counts.enumerated() where bin + 1 < edges.count && count > 0 {
        let left = frame.x.place(edges[bin])
        let top = frame.y.place(Double(count))
        canvas.rectangle(
          x: left + 0.5, y: top, width: frame.x.place(edges[bin + 1]) - left - 1,
          height: frame.y.start - top, .series(index), opacity: opacity)
      }
    }
  }
}

extension Plot.Bars {
  func draw(on canvas: inout SVGCanvas) {
    let ends = bars.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] }
    let longest = bars.map { SVGCanvas.width(of: $0.label) }.max() ?? 0
    let room = (canvas.width - 70) / Double(max(bars.count, 1))
    let isTurned = longest > room - 4
    let longestShown = min(longest, 110)
    let frame = PlotFrame(
      on: &canvas, xAxis: Plot.Axis(category), yAxis: y, xDomain: 0...Double(max(bars.count, 1)),
      yDomain: PlotScale.domain(of: y, holding: ends, fromZero: true), keys: [],
      bottom: isTurned ? 38 + longestShown * 0.72 : 46, numbersBelow: false)
    let zero = frame.y.place(max(0, frame.y.domain.lowerBound))
    for (index, bar) in bars.enumerated() {
      let middle = frame.x.place(Double(index) + 0.5)
      let half = (frame.x.place(1) - frame.x.place(0)) * 0.36
      if bar.value.isFinite {
        let top = frame.y.place(bar.value)
        canvas.rectangle(
          x: middle - half, y: min(top, zero), width: 2 * half, height: abs(zero - top), .accent,
          opacity: 0.85)
      }
      if let low = bar.low, let high = bar.high, low.isFinite, high.isFinite {
        let (bottom, top) = (frame.y.place(low), frame.y.place(high))
        canvas.line((middle, bottom), (middle, top), .text, width: 1.4)
        canvas.line((middle - 3, bottom), (middle + 3, bottom), .text, width: 1.4)
        canvas.line((middle - 3, top), (middle + 3, top), .text, width: 1.4)
      }
      label(bar, at: middle, floor: frame.y.start, isTurned: isTurned, room: room, on: &canvas)
    }
  }

  private func label(
    _ bar: Bar, at middle: Double, floor: Double, isTurned: Bool, room: Double,
    on canvas: inout SVGCanvas
  ) {
    // Labels closer than a line of text would run into each other.
    let isShown = !isTurned || room >= 13
    guard isShown else { return }
    let text = bar.label.count > 18 ? bar.label.prefix(17) + "…" : bar.label
    canvas.write(
      text, x: isTurned ? middle + 4 : middle, y: floor + (isTurned ? 14 : 18),
      anchor: isTurned ? "end" : "middle", turn: isTurned ? -45 : nil)
  }
}
