extension Plot {
  /// Plots side by side that a slider moves through: one setting, many answers.
  ///
  /// Every step has the same panels with the same series. Without scripts the page shows the first step
  /// and, like everywhere, the numbers.
  public struct Slides: Sendable, Hashable {
    /// A place of the slider.
    public struct Step: Sendable, Hashable {
      /// What stands at the slider.
      public var label: String
      /// What is shown there; titles are above the panels, captions are not shown.
      public var panels: [Plot]

      /// A step from its parts.
      public init(_ label: String, panels: [Plot]) {
        self.label = label
        self.panels = panels
      }
    }

    /// What the slider changes, such as "lambda".
    public var setting: String
    /// The places of the slider, at least one.
    public var steps: [Step]
    /// Where the slider stands at first.
    public var start: Int
    /// How many panels stand in a row.
    public var columns: Int
    /// The numbers of all steps.
    public var table: TextTable

    /// Slides from their parts.
    public init(
      setting: String, steps: [Step], start: Int = 0, columns: Int = 2, table: TextTable
    ) {
      self.setting = setting
      self.steps = steps
      self.start = min(max(0, start), max(0, steps.count - 1))
      self.columns = max(1, columns)
      self.table = table
    }

    var shown: [Plot] { steps.isEmpty ? [] : steps[start].panels }
  }
}

extension Plot.Slides {
  /// The panels as one figure, with a frame for each step.
  var plotly: JSONValue {
    let rows = max(1, (shown.count + columns - 1) / columns)
    var layout: JSONObject = [:]
    var notes: [JSONValue] = []
    for (index, panel) in shown.enumerated() {
      guard case .object(let figure) = panel.plotly, case .object(let own)? = figure["layout"]
      else {
        continue
      }
      if index == 0 { for member in own.members { layout[member.key] = member.value } }
      if own["barmode"] != nil { layout["barmode"] = own["barmode"] }
      let place = domain(of: index, rows: rows)
      layout["xaxis\(suffix(index))"] = axis(own["xaxis"], "y", index, place.x)
      layout["yaxis\(suffix(index))"] = axis(own["yaxis"], "x", index, place.y)
      notes.append([
        "text": .string("<b>\(PlotlyText.escaped(panel.title))</b>"), "showarrow": false,
        "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "x": .number(place.x.lowerBound), "y": .number(place.y.upperBound),
        "font": ["size": 13, "color": "--ink"],
      ])
    }
    layout["annotations"] = .array(notes)
    layout["showlegend"] = true
    layout["legend"] = ["orientation": "h", "x": 0, "y": 1.08, "yanchor": "bottom"]
    layout["margin"] = ["l": 62, "r": 14, "t": 70, "b": 40]
    layout["height"] = .integer(190 + 250 * rows)
    layout["sliders"] = [slider]
    return [
      "data": .array(steps.isEmpty ? [] : data(of: steps[start])), "layout": .object(layout),
      "frames": .array(
        steps.enumerated().map { index, step in
          ["name": .string("\(index)"), "data": .array(data(of: step))]
        }),
    ]
  }

  private var slider: JSONValue {
    let places = steps.enumerated().map { index, step -> JSONValue in
      [
        "label": .string(step.label), "method": "animate",
        "args": [
          [.string("\(index)")],
          [
            "mode": "immediate", "transition": ["duration": 0],
            "frame": ["duration": 0, "redraw": true],
          ],
        ],
      ]
    }
    return [
      "active": .integer(start), "steps": .array(places), "pad": ["t": 46, "b": 6],
      "currentvalue": ["prefix": .string("\(PlotlyText.escaped(setting)) "), "xanchor": "left"],
      "bordercolor": "--line", "bgcolor": "--grid", "activebgcolor": "--series-1",
      "font": ["color": "--muted", "size": 11],
    ]
  }

  private func data(of step: Step) -> [JSONValue] {
    step.panels.enumerated().flatMap { index, panel -> [JSONValue] in
      guard case .object(let figure) = panel.plotly, case .array(let traces)? = figure["data"]
      else {
        return []
      }
      return traces.map { trace in
        guard case .object(var object) = trace else { return trace }
        object["xaxis"] = .string("x\(suffix(index))")
        object["yaxis"] = .string("y\(suffix(index))")
        if index > 0 { object["showlegend"] = false }
        return .object(object)
      }
    }
  }

  private func suffix(_ index: Int) -> String { index == 0 ? "" : "\(index + 1)" }

  private func domain(
    of index: Int, rows: Int
  ) -> (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let (row, column) = (Double(index / columns), Double(index % columns))
    let (width, height) = (1 / Double(columns), 1 / Double(rows))
    return (
      column * width + 0.02...(column + 1) * width - 0.05,
      1 - (row + 1) * height + 0.11...1 - row * height - 0.03
    )
  }

  private func axis(
    _ axis: JSONValue?, _ other: String, _ index: Int, _ domain: ClosedRange<Double>
  ) -> JSONValue {
    guard case .object(var object)? = axis else { return nil }
    object["domain"] = [.number(domain.lowerBound), .number(domain.upperBound)]
    object["anchor"] = .string("\(other)\(suffix(index))")
    object["automargin"] = false
    if object["scaleanchor"] != nil { object["scaleanchor"] = .string("\(other)\(suffix(index))") }
    return .object(object)
  }
}
