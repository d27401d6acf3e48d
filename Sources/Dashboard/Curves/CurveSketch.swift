/// A curve of any number of steps, kept as a few points.
///
/// When there are too many points, every two become one, so that memory stays bounded however long a run
/// goes, and all points stand for equally many values.
struct CurveSketch: Sendable {
  /// A place on the curve: the means of the steps and of the values that it stands for.
  struct Point: Sendable, Equatable {
    var step: Double
    var value: Double
  }

  /// How many values a point stands for.
  private(set) var stride = 1
  /// The last value, as it was.
  private(set) var latest: Point?
  private var whole: [Point] = []
  private var sum = Point(step: 0, value: 0)
  private var count = 0
  private let limit: Int

  /// - Parameter limit: the most points; an even number.
  init(limit: Int = 240) { self.limit = max(2, limit / 2 * 2) }

  /// The points by step; a value that is no number makes a gap.
  var points: [Point] {
    guard count > 0 else { return whole }
    let share = 1 / Double(count)
    return whole + [Point(step: sum.step * share, value: sum.value * share)]
  }

  /// Adds a value.
  mutating func append(step: Int, value: Double) {
    latest = Point(step: Double(step), value: value)
    sum.step += Double(step)
    sum.value += value
    count += 1
    guard count == stride else { return }
    whole.append(Point(step: sum.step / Double(stride), value: sum.value / Double(stride)))
    sum = Point(step: 0, value: 0)
    count = 0
    guard whole.count > limit else { return }
    halve()
  }

  private mutating func halve() {
    // One point is over: it begins the next pair.
    let spare = whole.removeLast()
    whole = Swift.stride(from: 0, to: whole.count, by: 2).map { index in
      Point(
        step: (whole[index].step + whole[index + 1].step) / 2,
        value: (whole[index].value + whole[index + 1].value) / 2)
    }
    sum = Point(step: spare.step * Double(stride), value: spare.value * Double(stride))
    count = stride
    stride *= 2
  }
}
