import Datasets
import Explanations
import Networks
import Perturbations
import Testing
import Torch
import Training

@Suite("Measures of explanations")
struct ExplanationMeasureTests {
  private static let weights: [Double] = [2, -1, 0.5, 3]

  /// One function `w x` of four features, as two logits, since one output is no chain of classes.
  private func linear() throws -> Sequential {
    let network = Sequential { Linear(4, 2, using: Generator(seed: 1, purpose: "weights")) }
    var state = network.state()
    for name in state.keys {
      state[name] =
        name.hasSuffix("weight")
        ? Tensor(Self.weights.map { Float(-$0) } + Self.weights.map { Float($0) }, shape: [2, 4])
        : Tensor([Float(0), 0])
    }
    try network.load(state)
    return network
  }

  private func data(_ count: Int = 12) throws -> Dataset {
    var stream = RandomStream(seed: 2, purpose: "points")
    let values = (0..<count * 4).map { _ in Float(stream.uniform() * 2 - 1) }
    return try Dataset(
      name: "points", inputs: Tensor(values, shape: [count, 4]),
      labels: Tensor((0..<count).map { Int64($0 % 2) }), classNames: ["no", "yes"],
      range: Dataset.unbounded)
  }

  private func values(
    _ name: String, _ options: [String: SettingValue], workers: Int = 1
  ) throws -> [Double] {
    try MeasureRegistry.measure(name, options: options).values(
      of: linear(), on: data(), context: Context(seed: 3, workers: workers))
  }

  @Test("the deletion of a linear score is a sum of the summands that are left, the largest first")
  func deletion() throws {
    let inputs = try data().inputs.values(as: Double.self)
    let found = try values(
      "explanation", ["method": "gradient-input", "metric": "deletion", "steps": 4])
    for (row, area) in found.enumerated() {
      let products = (0..<4).map { Self.weights[$0] * inputs[4 * row + $0] }
      let sign: Double = products.reduce(0, +) > 0 ? 1 : -1
      let own = products.map { $0 * sign }.sorted(by: >)
      let curve = (0...4).map { own[$0...].reduce(0, +) }
      let expected = (curve.reduce(0, +) - (curve[0] + curve[4]) / 2) / 4
      #expect(abs(area - expected) < 1e-5)
    }
  }

  @Test(
    "of a linear network gradient times input is faithful, noise moves no gradient, and methods agree"
  )
  func linearNetwork() throws {
    let faithful = try values("explanation", ["method": "gradient-input", "metric": "mu-fidelity"])
    #expect(faithful.allSatisfy { $0 > 0.99 })
    let moved = try values("explanation", ["metric": "stability", "radius": 0.5, "samples": 3])
    #expect(moved.allSatisfy { abs($0) < 1e-6 })
    let signed: SettingValue = "saliency.absolute=false smoothgrad.samples=4"
    for distance in ["l2", "spearman"] {
      let gap = try values(
        "explanation-distance", ["set": signed, "distance": .text(distance)])
      #expect(gap.count == 12 && gap.allSatisfy { abs($0) < 1e-6 })
    }
    // Without signs the map of a gradient with both is another one.
    #expect(try values("explanation-distance", ["set": "samples=4"]).allSatisfy { $0 > 0.1 })
  }

  @Test("ids are those of audits, with the reach where one is given")
  func names() throws {
    func id(_ name: String, _ options: [String: SettingValue]) throws -> [String] {
      let measure = try MeasureRegistry.measure(name, options: options)
      return [measure.name, "\(measure.radii)", measure.isLowerBetter ? "lower" : "higher"]
    }
    #expect(
      try id("explanation", ["method": "grad-cam", "metric": "insertion-probability"])
        == ["explanation.insertion_probability.grad-cam", "[]", "higher"])
    #expect(
      try id("explanation", ["metric": "stability", "radius": 0.2])
        == ["explanation.stability.saliency", "[0.2]", "lower"])
    #expect(
      try id("explanation-distance", ["distance": "spearman"])
        == ["explanation.distance.saliency.smoothgrad.spearman", "[]", "lower"])
  }

  @Test("a constrained network is explained in its frozen form, whatever the number of workers")
  func constrained() throws {
    let network = Sequential {
      SpectralLinear(4, 6, using: Generator(seed: 1, purpose: "first"))
      GroupSort(2)
      SpectralLinear(6, 2, using: Generator(seed: 1, purpose: "second"))
    }
    let measure = ExplanationQuality(
      method: SmoothGrad(samples: 5), metric: MuFidelity(samples: 20))
    let data = try data()
    func values(_ network: any Layer, _ workers: Int) throws -> [Double] {
      try measure.values(of: network, on: data, context: Context(seed: 4, workers: workers))
    }
    let found = try values(network, 1)
    #expect(try values(network.frozen(), 1) == found)
    #expect(try values(network, 3) == found)
    #expect(Set(found).count > 3)
  }

  @Test(
    "options that do not exist, do not fit or are out of range are refused",
    arguments: [
      ("explanation", ["method": "salience"]), ("explanation", ["metric": "truth"]),
      ("explanation", ["metric": "deletion", "radius": 0.1]),
      ("explanation", ["metric": "mu-fidelity", "steps": 3]),
      ("explanation", ["metric": "mu-fidelity", "samples": 1]),
      ("explanation", ["metric": "stability", "radius": -1]),
      ("explanation", ["class": "7"]), ("explanation", ["layer": "features.3"]),
      ("explanation", ["set": "absolute"]), ("explanation", ["set": "noise=1"]),
      ("explanation", ["set": "smoothgrad.samples=3"]),
      ("explanation", ["method": "smoothgrad", "set": "samples=0"]), ("explanation", ["method": 3]),
      ("explanation-distance", ["to": "saliency"]), ("explanation-distance", ["distance": "l1"]),
      ("explanation-distance", ["metric": "deletion"]),
    ] as [(String, [String: SettingValue])])
  func refused(name: String, options: [String: SettingValue]) {
    #expect(throws: TrainingError.self) { try MeasureRegistry.measure(name, options: options) }
  }
}
