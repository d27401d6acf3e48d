extension Plot.Heatmap {
  private var rowLabelWidth: Double {
    min(rows.map { SVGCanvas.width(of: $0) }.max() ?? 0, 96)
  }

  private func cell(atWidth width: Double) -> Double {
    // Turned names of columns lean out to the right.
    min((width - rowLabelWidth - 66) / Double(max(columns.count, 1)), 64)
  }

  private func columnsAreTurned(atWidth width: Double) -> Bool {
    let longest = columns.map { SVGCanvas.width(of: $0) }.max() ?? 0
    return longest > cell(atWidth: width) - 4
  }

  private func columnLabelHeight(atWidth width: Double) -> Double {
    guard columnsAreTurned(atWidth: width) else { return 22 }
    let longest = columns.map { SVGCanvas.width(of: $0) }.max() ?? 0
    return min(longest, 96) * 0.72 + 18
  }

  func height(atWidth width: Double) -> Double {
    26 + columnLabelHeight(atWidth: width)
      + cell(atWidth: width) * Double(max(rows.count, 1)) + 8
  }

  func draw(on canvas: inout SVGCanvas) {
    let size = cell(atWidth: canvas.width)
    let left = rowLabelWidth + 34
    let top = 26 + columnLabelHeight(atWidth: canvas.width)
    let across = size * Double(columns.count)
    canvas.write(columnTitle, x: left + across / 2, y: 14, anchor: "middle")
    let middle = top + size * Double(rows.count) / 2
    canvas.write(rowTitle, x: 12, y: middle, anchor: "middle", turn: -90)
    let step = size >= 12 ? 1 : Int((12 / max(size, 0.01)).rounded(.up))
    for (index, name) in columns.enumerated() where index.isMultiple(of: step) {
      let x = left + (Double(index) + 0.5) * size
      let isTurned = columnsAreTurned(atWidth: canvas.width)
      canvas.write(
        Self.shortened(name), x: x, y: top - 8, anchor: isTurned ? "start" : "middle",
        turn: isTurned ? -45 : nil)
    }
    for (index, name) in rows.enumerated() where index.isMultiple(of: step) {
      let y = top + (Double(index) + 0.5) * size
      canvas.write(Self.shortened(name), x: left - 8, y: y + 4, anchor: "end")
    }
    drawCells(left: left, top: top, size: size, on: &canvas)
  }

  private func drawCells(
    left: Double, top: Double, size: Double, on canvas: inout SVGCanvas
  ) {
    let largest = largest
    for row in rows.indices {
      for column in columns.indices {
        let (x, y) = (left + Double(column) * size, top + Double(row) * size)
        canvas.rectangle(
          x: x + 0.5, y: y + 0.5, width: size - 1, height: size - 1, .grid, opacity: 0.5)
        guard let value = value(row: row, column: column) else { continue }
        // The root lets rare confusions show beside a strong diagonal.
        let share = largest > 0 ? (max(value, 0) / largest).squareRoot() : 0
        canvas.rectangle(
          x: x + 0.5, y: y + 0.5, width: size - 1, height: size - 1, .heat, opacity: share)
        let text = NumberText.short(value, digits: 3)
        if value != 0, SVGCanvas.width(of: text) * 0.92 < size - 2 {
          canvas.write(
            text, x: x + size / 2, y: y + size / 2 + 4, anchor: "middle",
            ink: share > 0.6 ? .white : .text, size: 11)
        }
      }
    }
  }

  private static func shortened(_ name: String) -> String {
    name.count > 15 ? name.prefix(14) + "…" : name
  }
}
