import Reports

/// Curves that are drawn together.
struct CurveFigure: Sendable {
  /// How many curves a drawing has at most; there are six colours.
  static let mostCurves = 6

  /// What is drawn, which also names the figure.
  let title: String
  /// The title without the number that a second figure of the same kind has.
  private let base: String
  /// Whether it is shown at once; details are behind a fold.
  let isMain: Bool
  private(set) var curves: [(name: String, curve: Curve)] = []

  private init(_ base: String, number: Int = 1, isMain: Bool) {
    title = number == 1 ? base : "\(base) (\(number))"
    self.base = base
    self.isMain = isMain
  }

  /// The figures of one run: a figure for every value, and values that belong to terms put together, such
  /// as all weights.
  static func figures(of curves: [Curve]) -> [CurveFigure] {
    var figures: [CurveFigure] = []
    for curve in curves {
      let (title, name, isMain) = place(of: curve.name)
      let index = figures.firstIndex { $0.base == title && $0.curves.count < mostCurves }
      if let index {
        figures[index].curves.append((name, curve))
      } else {
        let number = figures.filter { $0.base == title }.count + 1
        var figure = CurveFigure(title, number: number, isMain: isMain)
        figure.curves = [(name, curve)]
        figures.append(figure)
      }
    }
    return figures
  }

  /// The figures of several runs: what is called the same stands together, and a run has one colour in all of
  /// them.
  static func figures(comparing runs: [(name: String, curves: [Curve])]) -> [CurveFigure] {
    var seen: Set<String> = []
    let names = runs.flatMap(\.curves).map(\.name).filter { seen.insert($0).inserted }
    return names.map { name in
      var figure = CurveFigure(name, isMain: place(of: name).isMain)
      figure.curves = runs.map { run in
        (run.name, run.curves.first { $0.name == name } ?? Curve(name))
      }
      return figure
    }
  }

  /// Where a value is drawn, under which name, by the names that training gives: `term`, `term.weight`,
  /// `term.part`.
  private static func place(of name: String) -> (title: String, curve: String, isMain: Bool) {
    let start = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    let folder = String(name[..<start])
    guard let dot = name[start...].firstIndex(of: ".") else {
      // Of what is logged at every step the learning rate is the one that needs no watching.
      return (name, name, name[start...] != "learning_rate")
    }
    let term = String(name[start..<dot])
    let part = String(name[name.index(after: dot)...])
    switch part {
    case "weight": return (folder + "weights", term, false)
    case "gradient_norm": return (folder + "gradient norms", term, false)
    case "log_variance": return (folder + "log variances", term, false)
    default: return (folder + term + ", parts", part, false)
    }
  }

  /// The drawing with its heading, marked with its name so that it can be replaced.
  var html: HTML {
    let drawing = HTML(raw: plot.svg() + plot.svg(size: .narrow))
    return """
      <figure class="card" data-curve="\(title)" data-values="\(values)"><figcaption><h3>\(title)</h3>\
      <p>\(caption)</p></figcaption><div>\(drawing)</div></figure>

      """
  }

  /// The points for the script that shows the one under a pointer: of every curve its name, and of every point
  /// its step and its value as a text.
  private var values: String {
    let curves = curves.filter { !$0.curve.sketch.points.isEmpty }
    let lists = curves.map { name, curve -> JSONValue in
      let points = curve.sketch.points.filter { $0.value.isFinite }.map { point -> JSONValue in
        [.integer(Int(point.step.rounded())), .string(NumberText.short(point.value))]
      }
      return [.string(curves.count > 1 || name != title ? name : ""), .array(points)]
    }
    return JSONValue.array(lists).text()
  }

  private var caption: String {
    let stride = curves.map(\.curve.sketch.stride).max() ?? 1
    let means = stride > 1 ? " Points are means of up to \(stride) values." : ""
    let drawn = curves.filter { $0.curve.sketch.latest != nil }
    guard drawn.count == 1, let latest = drawn[0].curve.sketch.latest else {
      return "The last values: "
        + curves.compactMap { name, curve in
          curve.sketch.latest.map { "\(name): \(NumberText.short($0.value))" }
        }.joined(separator: "; ") + "." + means
    }
    // Of several runs only one may have such a value.
    let name = curves.count > 1 ? "\(drawn[0].name): " : ""
    return "\(name)\(NumberText.short(latest.value)) at step \(Int(latest.step)).\(means)"
  }

  private var plot: Plot {
    let series = curves.map { name, curve in
      let points = curve.sketch.points
      return Plot.Series(
        name, points: points.map { .init(x: $0.step, y: $0.value) },
        style: points.count > 12 ? .plain : .marked)
    }
    return Plot(
      title: title, caption: caption,
      content: .lines(Plot.Lines(x: Plot.Axis("step"), y: Plot.Axis(""), series: series)))
  }
}
