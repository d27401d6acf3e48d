import Audit
import Datasets
import Foundation
import LinearGeometry
import Networks
import Reports
import Testing
import Torch

@Suite("Adversarial distance and tilt of any model")
struct GeometryProbeTests {
  /// Two classes along the first axis, spread along the second.
  private func data(_ count: Int = 120) throws -> Dataset {
    let generator = Generator(seed: 8, purpose: "geometry")
    let noise = Tensor.normal([count, 2], using: generator) * Tensor([Float(0.3), 1])
    let shift = Tensor(
      (0..<count).flatMap { [Float($0 % 2 == 0 ? -1 : 1), 0] }, shape: [count, 2])
    return try Dataset(
      name: "stripes", inputs: noise + shift, labels: Tensor((0..<count).map { Int64($0 % 2) }),
      classNames: ["left", "right"], range: Dataset.unbounded)
  }

  /// A linear network whose boundary has a normal of some angle to the first axis.
  private func network(angle: Double, scale: Float = 3) throws -> FrozenNetwork {
    let network = Sequential { Linear(2, 2, using: Generator(seed: 1, purpose: "weights")) }
    let (x, y) = (Float(cos(angle)) * scale / 2, Float(sin(angle)) * scale / 2)
    var state = network.state()
    for name in state.keys {
      state[name] =
        name.hasSuffix("weight") ? Tensor([-x, -y, x, y], shape: [2, 2]) : Tensor([Float(0), 0])
    }
    try network.load(state)
    return FrozenNetwork(network, inputShape: [2], classCount: 2)
  }

  private func findings(_ model: FrozenNetwork, workers: Int = 2) throws -> [String: Finding] {
    var settings = AuditSettings(.quick)
    settings.resamples = 200
    settings.attackedCount = 80
    let subject = try Subject(
      name: "line", classifier: model, data: try data(), settings: settings,
      context: Context(seed: 2, workers: workers))
    let evidence = try GeometryProbe().run(on: subject)
    return Dictionary(uniqueKeysWithValues: evidence.findings.map { ($0.id.text, $0) })
  }

  @Test("of a linear model the distances, the angle and the scale are those of its closed form")
  func linear() throws {
    let data = try data()
    let labels = data.labelValues
    let parts = try [0, 1].map { try PairPath.examples(of: $0, in: data) }
    let problem = try BinaryProblem(negative: parts[0], positive: parts[1])
    for angle in [0.1, 1.2] {
      let found = try findings(network(angle: angle))
      let classifier = LinearClassifier(weight: Tensor([cos(angle), sin(angle)]), bias: 0)
      let signed = classifier.distances(data.inputs[0..<80]).values(as: Double.self)
      let expected = zip(signed, labels).map { max(0, $1 == 1 ? $0 : -$0) }.reduce(0, +) / 80
      let distance = try #require(found["geometry.adversarial_distance"]?.value)
      #expect(abs(distance / expected - 1) < 0.02)
      let tilt = try #require(TiltMeasures(classifier, on: problem).angle)
      #expect(abs(try #require(found["geometry.feature_angle"]?.value) - tilt) < 1e-4)
      #expect(abs(try #require(found["geometry.score_slope"]?.value) - 3) < 1e-4)
    }
  }

  @Test("the cause is tilt for a boundary along the data, and scale for one across it")
  func cause() throws {
    let across = try #require(try findings(network(angle: 0))["geometry.centroid_share"])
    #expect(try #require(across.value) > 0.95)
    #expect(across.detail.contains("because of the scale of the data"))
    let tilted = try #require(try findings(network(angle: 1.45))["geometry.centroid_share"])
    #expect(try #require(tilted.value) < 0.5)
    #expect(tilted.detail.contains("because of tilt"))
    #expect(try #require(tilted.low) <= (try #require(tilted.value)))
  }

  @Test("a weight decay is suggested, and nothing depends on the workers")
  func decay() throws {
    let one = try findings(network(angle: 0.4), workers: 1)
    let four = try findings(network(angle: 0.4), workers: 4)
    #expect(one.mapValues(\.json) == four.mapValues(\.json))
    #expect(try #require(one["geometry.suggested_weight_decay"]?.value) > 0)
  }

  @Test("models whose layers are not known get the findings about inputs alone")
  func opaque() throws {
    struct Opaque: Classifier {
      let classCount = 2
      let inputShape = [2]
      func logits(_ inputs: Tensor) -> Tensor {
        let value = inputs.select(0, along: 1)
        return Tensor.stacked([value * -1, value], along: 1)
      }
    }
    let subject = try Subject(
      name: "opaque", classifier: Opaque(), data: try data(), settings: AuditSettings(.quick),
      context: Context(seed: 2, workers: 2))
    let ids = try GeometryProbe().run(on: subject).findings.map(\.id.text)
    #expect(
      ids == [
        "geometry.adversarial_distance", "geometry.centroid_share", "geometry.score_slope",
      ])
  }
}
