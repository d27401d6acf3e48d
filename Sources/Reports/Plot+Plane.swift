extension Plot {
  /// What a classifier says about the points of a plane, with examples on it.
  public struct Plane: Sendable, Hashable {
    /// The class that is most likely at a point, and its probability.
    public struct Answer: Sendable, Hashable {
      /// The class, counted from 0.
      public var label: Int
      /// Its probability; the point stays blank where it is not finite.
      public var probability: Double

      /// An answer from its parts.
      public init(label: Int, probability: Double) {
        self.label = label
        self.probability = probability
      }
    }

    /// An example.
    public struct Example: Sendable, Hashable {
      /// Where it lies.
      public var x: Double
      /// Where it lies.
      public var y: Double
      /// Its true class, counted from 0.
      public var label: Int

      /// An example from its parts.
      public init(x: Double, y: Double, label: Int) {
        self.x = x
        self.y = y
        self.label = label
      }
    }

    /// A step from an example, such as to a decision boundary, and where transport would carry it.
    public struct Way: Sendable, Hashable {
      /// Where it begins.
      public var start: Example
      /// Where the step ends.
      public var end: SIMD2<Double>
      /// What a plan of transport pairs the example with, where there is a plan.
      public var image: SIMD2<Double>?

      /// A way from its parts.
      public init(from start: Example, to end: SIMD2<Double>, image: SIMD2<Double>? = nil) {
        self.start = start
        self.end = end
        self.image = image
      }
    }

    /// A straight piece of a boundary.
    public struct Segment: Sendable, Hashable {
      /// The horizontal places of its ends.
      public var x: [Double]
      /// The vertical places of its ends.
      public var y: [Double]

      /// A segment between two places.
      public init(from start: SIMD2<Double>, to end: SIMD2<Double>) {
        x = [start.x, end.x]
        y = [start.y, end.y]
      }
    }

    /// The horizontal axis; its range is what the columns divide.
    public var x: Axis
    /// The vertical axis; its range is what the rows divide.
    public var y: Axis
    /// The names of the classes.
    public var classes: [String]
    /// The answers at the middles of the cells, row by row from the bottom.
    public var answers: [[Answer]]
    /// Where the most likely class changes.
    public var boundary: [Segment]
    /// The examples.
    public var examples: [Example]
    /// Steps from some examples, which are drawn large then and the others small.
    public var ways: [Way]

    /// A plane from its parts; an axis without a range gets 0 to 1.
    public init(
      x: Axis, y: Axis, classes: [String], answers: [[Answer]], boundary: [Segment],
      examples: [Example], ways: [Way] = []
    ) {
      self.x = x
      self.y = y
      self.classes = classes
      self.answers = answers
      self.boundary = boundary
      self.examples = examples
      self.ways = ways
    }

    /// How far the probability is from that of a guess, 0, to certainty, 1.
    func certainty(_ answer: Answer) -> Double {
      let guess = 1 / Double(max(classes.count, 2))
      return min(max((answer.probability - guess) / (1 - guess), 0), 1)
    }

    /// The middles of so many cells along an axis.
    static func middles(of axis: Axis, count: Int) -> [Double] {
      let range = axis.range ?? 0...1
      let size = (range.upperBound - range.lowerBound) / Double(max(count, 1))
      return (0..<count).map { range.lowerBound + (Double($0) + 0.5) * size }
    }

    /// Some of so many cells, evenly spread: what a table has room for.
    static func sample(of count: Int, atMost limit: Int = 9) -> [Int] {
      guard count > limit else { return Array(0..<count) }
      return (0..<limit).map { ($0 * (count - 1) + (limit - 1) / 2) / (limit - 1) }
    }
  }
}

extension Plot.Plane {
  /// The ends of ways; without ways nine rows and columns of answers at most, of two classes the
  /// probability of the second.
  var table: TextTable {
    guard ways.isEmpty else { return wayTable }
    let columns = Self.sample(of: answers.map(\.count).max() ?? 0)
    let places = Self.middles(of: x, count: answers.map(\.count).max() ?? 0)
    let heights = Self.middles(of: y, count: answers.count)
    let corner = classes.count == 2 ? "probability of \(classes[1]): " : ""
    var table = TextTable(
      [.init("\(corner)\(y.title) \\ \(x.title)", .trailing)]
        + columns.map { .init(x.text(places[$0]), .trailing) })
    for row in Self.sample(of: answers.count).reversed() {
      table.append(
        [y.text(heights[row])]
          + columns.map { answers[row].indices.contains($0) ? text(answers[row][$0]) : "" })
    }
    return table
  }

  private var wayTable: TextTable {
    func text(_ place: SIMD2<Double>?) -> [String] {
      place.map { [x.text($0.x), y.text($0.y)] } ?? ["", ""]
    }
    let hasImages = ways.contains { $0.image != nil }
    let places = ["example", "one step"] + (hasImages ? ["carried"] : [])
    return TextTable(
      [.init("class")]
        + places.flatMap { place in
          [x.title, y.title].map { .init("\(place), \($0)", .trailing) }
        },
      rows: ways.map { way in
        let start = way.start
        let name = classes.indices.contains(start.label) ? classes[start.label] : "\(start.label)"
        return [name] + text(SIMD2(start.x, start.y)) + text(way.end)
          + (hasImages ? text(way.image) : [])
      })
  }

  private func text(_ answer: Answer) -> String {
    guard answer.probability.isFinite else { return "" }
    guard classes.count != 2 else {
      return NumberText.percent(answer.label == 1 ? answer.probability : 1 - answer.probability)
    }
    let name = classes.indices.contains(answer.label) ? classes[answer.label] : "\(answer.label)"
    return "\(name) \(NumberText.percent(answer.probability, decimals: 0))"
  }
}
