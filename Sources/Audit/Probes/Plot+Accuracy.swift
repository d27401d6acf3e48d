import Reports
import Statistics

extension Plot {
  /// Accuracy of the attacked examples against the strength of what is done to them.
  static func accuracy(
    title: String, against axis: String,
    _ curves: [(name: String, points: [(strength: Double, accuracy: Proportion)])]
  ) throws -> Plot {
    let series = try curves.map { name, points in
      Series(
        name,
        points: try points.map { strength, accuracy in
          let interval = try accuracy.wilson()
          return Series.Point(
            x: strength, y: accuracy.rate ?? .nan, low: interval.low, high: interval.high)
        })
    }
    return Plot(
      title: title, caption: "Bands are 95 % Wilson intervals over the attacked examples.",
      content: .lines(
        Lines(
          x: Axis(axis), y: Axis("accuracy", range: 0...1, format: .percent), series: series)))
  }
}
