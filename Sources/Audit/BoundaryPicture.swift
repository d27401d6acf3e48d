import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Torch

/// What a classifier says over the plane that examples lie in, with the examples on it.
public struct BoundaryPicture: Sendable {
  /// How many rows and columns the picture has.
  public static let size = 80

  /// The picture.
  public let plot: Plot
  /// The Euclidean distance of every example, in the data's units, to the nearest place in the picture
  /// where the most likely class changes; `nil` where it does not change in the picture.
  public let distances: [Double]?

  /// Whether examples lie in a plane: two features, or two directions of more.
  ///
  /// - Throws: what libtorch reports.
  public static func suits(_ data: Dataset) throws -> Bool {
    try plane(of: data) != nil
  }

  /// The plane of examples with one class each: several labels have a boundary each.
  private static func plane(of data: Dataset) throws -> ExamplePlane? {
    try data.targets == nil ? ExamplePlane(holding: data) : nil
  }

  /// A picture, or `nil` where examples lie in no plane.
  ///
  /// - Parameters:
  ///   - classifier: the model.
  ///   - data: the examples; all of them are in the picture, the first `shown` are drawn.
  ///   - shown: how many are drawn.
  /// - Throws: what the model throws.
  public init?(
    of classifier: any Classifier, on data: Dataset, shown: Int = 300, context: Context
  ) throws {
    guard let plane = try Self.plane(of: data) else { return nil }
    let places = try attempt { plane.places(of: data) }
    let window = Window(
      around: places, isEuclidean: plane.isEuclidean,
      box: !plane.isEuclidean && data.range != Dataset.unbounded
        ? Double(data.range.lowerBound)...Double(data.range.upperBound) : nil)
    let (x, y) = (window.middles(\.x), window.middles(\.y))
    let grid = try Self.logits(
      of: classifier, at: y.map { y in x.map { SIMD2($0, y) } }, in: plane, context: context)
    // The border between the first class and another is that of the other, too.
    let pieces = (1..<max(classifier.classCount, 2)).flatMap { label in
      ZeroLine.pieces(of: grid.map { $0.map { Self.margin(of: label, $0) } }, x: x, y: y)
    }
    distances = pieces.isEmpty ? nil : places.map { Self.distance(from: $0, to: pieces) }
    let marks = zip(places, data.labelValues).prefix(shown).map {
      Plot.Plane.Example(x: $0.x, y: $0.y, label: $1)
    }
    plot = Plot(
      title: "Decision boundary",
      caption: """
        Colours are the most likely class, full where it is certain and fading to none where it is a \
        guess; lines are where two classes tie. Marks are \
        \(marks.count < data.count ? "the first \(marks.count)" : "the \(data.count)") examples with \
        their true class.
        """,
      content: .plane(
        Plot.Plane(
          x: Plot.Axis(plane.titles[0], range: window.x),
          y: Plot.Axis(plane.titles[1], range: window.y), classes: data.classNames,
          answers: grid.map { $0.map(Self.answer) }, boundary: pieces, examples: marks)))
  }

  /// The logits at rows of places.
  private static func logits(
    of classifier: any Classifier, at rows: [[SIMD2<Double>]], in plane: ExamplePlane,
    context: Context
  ) throws -> [[[Double]]] {
    let places = rows.flatMap { $0 }
    let batch = try attempt {
      Batch(
        inputs: plane.inputs(at: places), labels: .zeros([places.count], dtype: .int64),
        indices: Array(places.indices))
    }
    let values = try AttackEngine(chunkSize: 250).logits(
      of: Target(classifier), batch, context: context
    ).to(.float64).values(as: Double.self)
    var rest = values[...]
    return rows.map { row in
      row.map { _ in
        defer { rest = rest.dropFirst(classifier.classCount) }
        return Array(rest.prefix(classifier.classCount))
      }
    }
  }

  /// How much larger a logit is than the largest other one.
  private static func margin(of label: Int, _ logits: [Double]) -> Double {
    guard logits.indices.contains(label), logits.allSatisfy(\.isFinite) else { return .nan }
    let others = logits.indices.filter { $0 != label }.map { logits[$0] }
    return logits[label] - (others.max() ?? 0)
  }

  private static func answer(_ logits: [Double]) -> Plot.Plane.Answer {
    guard let largest = logits.max(), logits.allSatisfy(\.isFinite),
      let label = logits.firstIndex(of: largest)
    else { return .init(label: 0, probability: .nan) }
    return .init(
      label: label, probability: 1 / logits.reduce(0) { $0 + exp($1 - largest) })
  }

  private static func distance(
    from place: SIMD2<Double>, to pieces: [Plot.Plane.Segment]
  ) -> Double {
    pieces.reduce(Double.infinity) { nearest, piece in
      let start = SIMD2(piece.x[0], piece.y[0])
      let along = SIMD2(piece.x[1], piece.y[1]) - start
      let length = (along * along).sum()
      let share = length > 0 ? ((place - start) * along).sum() / length : 0
      let off = place - start - along * Swift.min(Swift.max(share, 0), 1)
      return Swift.min(nearest, (off * off).sum().squareRoot())
    }
  }
}

/// What a picture shows of the plane.
private struct Window {
  var x: ClosedRange<Double>
  var y: ClosedRange<Double>

  /// A fifth more than the places need on every side, and no more than the box has. Lengths of one
  /// order get one scale.
  init(around places: [SIMD2<Double>], isEuclidean: Bool, box: ClosedRange<Double>?) {
    func range(_ values: [Double]) -> (middle: Double, half: Double) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      return ((low + high) / 2, high > low ? (high - low) * 0.7 : 1)
    }
    var (across, up) = (range(places.map(\.x)), range(places.map(\.y)))
    let larger = max(across.half, up.half)
    if isEuclidean || larger < 4 * min(across.half, up.half) {
      (across.half, up.half) = (larger, larger)
    }
    func clipped(_ range: (middle: Double, half: Double)) -> ClosedRange<Double> {
      let (low, high) = (range.middle - range.half, range.middle + range.half)
      guard let box, box.lowerBound < box.upperBound else { return low...high }
      return max(low, box.lowerBound)...min(high, box.upperBound)
    }
    x = clipped(across)
    y = clipped(up)
  }

  func middles(_ axis: KeyPath<Window, ClosedRange<Double>>) -> [Double] {
    let range = self[keyPath: axis]
    let size = (range.upperBound - range.lowerBound) / Double(BoundaryPicture.size)
    return (0..<BoundaryPicture.size).map { range.lowerBound + (Double($0) + 0.5) * size }
  }
}
