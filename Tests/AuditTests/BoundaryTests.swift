import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Testing
import Torch
import Training

@Suite("Decision boundaries in a plane")
struct BoundaryTests {
  private struct Model: Classifier {
    var classCount = 2
    var inputShape = [2]
    let output: @Sendable (Tensor) -> Tensor
    func logits(_ inputs: Tensor) -> Tensor { output(inputs) }

    /// Two logits whose difference is a score.
    static func score(
      inputShape: [Int] = [2], _ score: @escaping @Sendable (Tensor) -> Tensor
    ) -> Model {
      Model(inputShape: inputShape) { inputs in
        let value = score(inputs)
        return Tensor.stacked([value * -0.5, value * 0.5], along: 1)
      }
    }
  }

  private static let line: @Sendable (Tensor) -> Tensor = { $0.matmul(Tensor([Float(6), 8])) - 1 }

  private func points(
    _ count: Int = 60, features: Int = 2, range: ClosedRange<Float> = Dataset.unbounded
  ) throws -> Dataset {
    var stream = RandomStream(seed: 3, purpose: "boundary points")
    let values = (0..<count * features).map { _ in Float(stream.uniform() * 2 - 1) }
    return try Dataset(
      name: "points", inputs: Tensor(values, shape: [count, features]),
      labels: Tensor((0..<count).map { Int64($0 % 2) }), classNames: ["no", "yes"], range: range)
  }

  private func picture(_ model: Model, _ data: Dataset) throws -> BoundaryPicture {
    try #require(try BoundaryPicture(of: model, on: data, context: Context(seed: 0, workers: 2)))
  }

  private func plane(_ picture: BoundaryPicture) throws -> Plot.Plane {
    guard case .plane(let plane) = picture.plot.content else { throw CancellationError() }
    return plane
  }

  @Test("a linear classifier's boundary and the distances to it are exact")
  func linear() throws {
    let data = try points()
    let picture = try picture(.score(Self.line), data)
    let plane = try plane(picture)
    #expect(plane.boundary.count > 50)
    for piece in plane.boundary {
      for (x, y) in zip(piece.x, piece.y) { #expect(abs(6 * x + 8 * y - 1) < 2e-5) }
    }
    let scores = Self.line(data.inputs).values(as: Double.self)
    for (distance, score) in zip(try #require(picture.distances), scores) {
      #expect(abs(distance - abs(score) / 10) < 1e-5)
    }
    // The answer at a cell's middle is the softmax there.
    let (x, y) = (try #require(plane.x.range), try #require(plane.y.range))
    let size = Double(BoundaryPicture.size)
    let px = x.lowerBound + 10.5 / size * (x.upperBound - x.lowerBound)
    let py = y.lowerBound + 70.5 / size * (y.upperBound - y.lowerBound)
    let score = 6 * px + 8 * py - 1
    let answer = plane.answers[70][10]
    #expect(answer.label == (score > 0 ? 1 : 0))
    #expect(abs(answer.probability - 1 / (1 + exp(-abs(score)))) < 1e-5)
  }

  @Test("counterfactuals of a linear classifier end on its boundary, and lines follow its normal")
  func linearCounterfactuals() throws {
    let data = try points()
    let model = Model.score(Self.line)
    let context = Context(seed: 0, workers: 2)
    let found = try #require(
      try CounterfactualPlane(of: model, on: data, perClass: 5, context: context))
    guard case .plane(let plane) = found.plot.content else { throw CancellationError() }
    #expect(plane.ways.count == 10 && found.indices.count == 10)
    for way in plane.ways {
      #expect(abs(6 * way.end.x + 8 * way.end.y - 1) < 1e-5)
      let step = way.end - SIMD2(way.start.x, way.start.y)
      #expect(abs(step.x * 8 - step.y * 6) < 1e-5)
      #expect(way.image == nil)
    }
    // Half of the points have the label that the line does not give them; their steps end there, too.
    #expect(found.plot.caption.contains("10 of 10 steps"))
    let again = try #require(
      try CounterfactualPlane(of: model, on: data, perClass: 5, context: Context(seed: 9)))
    #expect(again.plot.content == found.plot.content)
  }

  @Test("a plan of transport pairs shifted points with their copies, and lines lead on to them")
  func transport() throws {
    var stream = RandomStream(seed: 4, purpose: "shifted")
    let left = (0..<20).map { _ in [Float(stream.uniform()), Float(stream.uniform()) * 4] }
    // Far enough apart that no other pairing is as short.
    let all = left + left.map { [$0[0] + 5, $0[1]] }
    let data = try Dataset(
      name: "shifted", inputs: Tensor(all.flatMap(\.self), shape: [40, 2]),
      labels: Tensor((0..<40).map { Int64($0 / 20) }), classNames: ["left", "right"],
      range: Dataset.unbounded)
    let model = Model.score { $0.matmul(Tensor([Float(1), 0])) - 3 }
    let found = try #require(
      try CounterfactualPlane(
        of: model, on: data, perClass: 6,
        transport: HingeRegularisation(lambda: 0, margin: 0), context: Context(seed: 0)))
    guard case .plane(let plane) = found.plot.content else { throw CancellationError() }
    let total = try plane.ways.reduce(0.0) { sum, way in
      let image = try #require(way.image)
      #expect(abs(way.end.x - 3) < 1e-5 && abs(way.end.y - way.start.y) < 1e-5)
      return sum + abs(image.x - way.start.x)
    }
    // The plan moves everything to the right by 5 on average, whatever it pairs.
    #expect(abs(total / 12 - 5) < 1)
    #expect(found.plot.caption.contains("Wasserstein"))
  }

  @Test("no picture is drawn of examples with more than two features")
  func needsTwoFeatures() throws {
    let data = try CurvesInSpace(.arcs).dataset(count: 40, seed: 5)
    let model = Model.score(inputShape: data.inputShape) { $0.sum(along: 1) }
    #expect(try CounterfactualPlane(of: model, on: data, context: Context(seed: 0)) == nil)
  }

  @Test("examples are spread: each is the farthest from all that were taken before")
  func spread() throws {
    let places = [0.0, 1, 2, 9, 10, 4].map { SIMD2($0, 0) }
    #expect(CounterfactualPlane.spread([0, 1, 2, 3, 4, 5], of: places, count: 3) == [0, 4, 5])
    #expect(CounterfactualPlane.spread([1, 1, 1], of: places, count: 3) == [1])
    #expect(CounterfactualPlane.spread([], of: places, count: 3).isEmpty)
  }

  @Test("a circle is found to second order in the size of a cell")
  func circle() throws {
    let data = try points()
    let picture = try picture(
      .score { $0.squared().sum(along: 1) - 0.25 }, data)
    let radii = data.inputs.squared().sum(along: 1).values(as: Double.self).map { $0.squareRoot() }
    for (distance, radius) in zip(try #require(picture.distances), radii) {
      #expect(abs(distance - abs(radius - 0.5)) < 1e-3)
    }
  }

  @Test("of three classes every border is where the two largest logits tie")
  func threeClasses() throws {
    let weights = Tensor([Float(1), 0, -0.5, 0.9, -0.5, -0.9], shape: [3, 2])
    let model = Model(classCount: 3) { $0.matmul(weights.transposed()) }
    let data = try Dataset(
      name: "three", inputs: try points().inputs,
      labels: Tensor((0..<60).map { Int64($0 % 3) }), classNames: ["a", "b", "c"],
      range: Dataset.unbounded)
    let pieces = try plane(picture(model, data)).boundary
    var kinds: Set<[Int]> = []
    for piece in pieces {
      let middle = Tensor(
        [Float(piece.x[0] + piece.x[1]) / 2, Float(piece.y[0] + piece.y[1]) / 2], shape: [1, 2])
      let logits = model.logits(middle).values(as: Double.self)
      let order = logits.indices.sorted { logits[$0] > logits[$1] }
      // Next to the point where all three meet, a cell is as exact as its size.
      let gap = logits[order[0]] - logits[order[1]]
      #expect(gap < (logits[order[0]] - logits[order[2]] > 0.1 ? 1e-5 : 0.05))
      kinds.insert(order.prefix(2).sorted())
    }
    #expect(kinds == [[0, 1], [0, 2], [1, 2]])
  }

  @Test("points in a plane of a hundred dimensions get the picture of that plane")
  func inSpace() throws {
    let data = try CurvesInSpace(.arcs).dataset(count: 200, seed: 5)
    // A classifier that sees one direction of the plane: from the first example to the second.
    let rows = data.inputs.to(.float64)
    let normal = rows[1] - rows[0]
    let length = normal.squared().sum().item.squareRoot()
    let unit = (normal / length).to(.float32)
    let model = Model.score(inputShape: [100]) { $0.matmul(unit) * 3 - 0.3 }
    let distances = try #require(try picture(model, data).distances)
    let expected = data.inputs.matmul(unit).values(as: Double.self).map { abs($0 - 0.1) }
    for (distance, expected) in zip(distances, expected) {
      #expect(abs(distance - expected) < 1e-4)
    }
  }

  @Test("only examples in a plane suit")
  func suits() throws {
    func suits(_ data: Dataset) throws -> Bool { try BoundaryPicture.suits(data) }
    #expect(try suits(points()))
    #expect(try suits(CurvesInSpace(.rings).dataset(count: 16, seed: 2)))
    #expect(try !suits(points(features: 3)))
    #expect(try !suits(points(features: 1)))
    // Any three points lie in a plane.
    #expect(try !suits(points(3, features: 3)))
    #expect(try !suits(Dataset.load(from: "glyphs", options: LoadOptions(count: 40))))
    #expect(try !suits(Dataset.load(from: "phrases", options: LoadOptions(count: 40))))
    let line = Tensor((0..<10).flatMap { [Float($0), Float(2 * $0), Float(-$0)] }, shape: [10, 3])
    let onLine = try Dataset(
      name: "line", inputs: line, labels: Tensor((0..<10).map { Int64($0 % 2) }),
      classNames: ["a", "b"], range: Dataset.unbounded)
    #expect(try !suits(onLine))
  }

  @Test("the probe reports the mean distance of what is classified correctly")
  func probe() throws {
    let data = try points()
    var settings = AuditSettings(.quick)
    settings.resamples = 200
    func run(_ model: Model) throws -> Evidence {
      try BoundaryProbe().run(
        on: Subject(
          name: "model", classifier: model, data: data, settings: settings,
          context: Context(seed: 1, workers: 2)))
    }
    let finding = try #require(try run(.score(Self.line)).findings.first)
    let scores = Self.line(data.inputs).values(as: Double.self)
    let correct = zip(scores, data.labelValues).filter { ($0 > 0) == ($1 == 1) }.map {
      abs($0.0) / 10
    }
    let value = try #require(finding.value)
    #expect(abs(value - correct.reduce(0, +) / Double(correct.count)) < 1e-5)
    #expect(try #require(finding.low) < value && value < #require(finding.high))
    #expect(finding.plots.count == 1)
    // A model that always says the same has no boundary, and one that says nothing has no colours.
    let constant = try run(.score { $0.sum(along: 1) * 0 + 1 })
    #expect(constant.findings.first?.value == nil && constant.columns.isEmpty)
    #expect(constant.findings.first?.detail.contains("the same everywhere") == true)
    let broken = try run(.score { $0.sum(along: 1) / 0 * 0 })
    #expect(broken.findings.first?.value == nil)
  }

  @Test("the picture keeps to the values that features can have")
  func box() throws {
    let inside = try Dataset(
      name: "unit", inputs: try points().inputs.abs(),
      labels: Tensor((0..<60).map { Int64($0 % 2) }), classNames: ["a", "b"], range: 0...1)
    let plane = try plane(picture(.score(Self.line), inside))
    #expect(plane.x.range == 0...1 && plane.y.range == 0...1)
  }

  @Test("a saddle's two lines do not cross")
  func saddle() {
    let pieces = ZeroLine.pieces(of: [[1, -1], [-1, 1.5]], x: [0, 1], y: [0, 1])
    // The middle is positive, so the two positive corners are joined.
    let ends = Set(pieces.map { Set(zip($0.x, $0.y).map { SIMD2($0, $1) }) })
    #expect(ends == [[SIMD2(0, 0.5), SIMD2(0.4, 1)], [SIMD2(1, 0.4), SIMD2(0.5, 0)]])
    #expect(ZeroLine.pieces(of: [[1, .nan], [-1, 1]], x: [0, 1], y: [0, 1]).isEmpty)
    #expect(ZeroLine.pieces(of: [[1, 1], [1, 1]], x: [0, 1], y: [0, 1]).isEmpty)
  }
}
