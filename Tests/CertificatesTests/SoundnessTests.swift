import Certificates
import Networks
import Perturbations
import Testing
import Torch

/// No attack ever succeeds inside a certified radius, for every kind of layer.
@Suite("Certificates are sound")
struct SoundnessTests {
  /// Attacks all examples at one radius, which is certified for all of them.
  private func breaks(
    _ model: FrozenNetwork, _ batch: Batch, _ norm: any Norm, radius: Double, hasBox: Bool
  ) throws -> [Int] {
    let ball = try Ball(norm, radius: radius * (1 - 1e-5), box: hasBox ? 0...1 : nil)
    let attacks: [any Attack] = [
      ProjectedGradient(steps: 50, restarts: 2, loss: .margin), FastGradient(),
      UniformNoise(draws: 50),
    ]
    let context = Context(seed: 5)
    return try attacks.flatMap { attack in
      let result = try attack.run(on: Target(model), batch, within: ball, context: context)
      return result.indices.indices.filter { result.success[$0] }
    }
  }

  @Test("interval bounds", arguments: Laboratory.networks.map(\.name), [true, false])
  func intervals(_ name: String, _ hasBox: Bool) throws {
    let shape = try #require(Laboratory.networks.first { $0.name == name }).shape
    let model = Laboratory.network(name, shape)
    let batch = try Laboratory.batch(5, of: model)
    let method = IntervalBounds(box: hasBox ? 0...1 : nil)
    let result = try method.certify(model, batch, context: Context(workers: 2))
    #expect(result.correct.allSatisfy { $0 })
    let radii = result.radius.compactMap { $0 }
    // So deep an untrained network is not bounded: rounding alone, layer by layer, is too much.
    #expect(radii.count == 5 && (radii.contains { $0 > 0 } || name == "wide-resnet"))
    for (row, radius) in radii.enumerated() where radius > 0 && radius.isFinite {
      let example = batch.selecting([row])
      let broken = try breaks(model, example, LInf(), radius: radius, hasBox: hasBox)
      #expect(broken.isEmpty, "example \(row) inside \(radius)")
      let (inside, outside) = (radius * 0.999, radius * 1.01)
      #expect(
        try method.certifies(model, example, radius: inside, context: Context()) == [true])
      #expect(
        try method.certifies(model, example, radius: outside, context: Context()) == [false])
    }
  }

  @Test("Lipschitz margins", arguments: Laboratory.networks.map(\.name))
  func lipschitz(_ name: String) throws {
    let shape = try #require(Laboratory.networks.first { $0.name == name }).shape
    let model = Laboratory.network(name, shape)
    let batch = try Laboratory.batch(5, of: model)
    let result = try LipschitzMargin().certify(model, batch, context: Context(workers: 2))
    let radii = result.radius.compactMap { $0 }
    #expect(radii.count == 5 && radii.allSatisfy { $0 > 0 && $0.isFinite }, "\(radii)")
    for (row, radius) in radii.enumerated() {
      let broken = try breaks(
        model, batch.selecting([row]), L2(), radius: radius, hasBox: false)
      #expect(broken.isEmpty, "example \(row) inside \(radius)")
    }
  }

  @Test(
    "the bound on the Lipschitz constant is no less than the Jacobian's norm anywhere",
    arguments: Laboratory.networks.map(\.name))
  func jacobians(_ name: String) throws {
    let shape = try #require(Laboratory.networks.first { $0.name == name }).shape
    let model = Laboratory.network(name, shape)
    let bound = try LipschitzMargin().lipschitzBound(of: model)
    let inputs = Tensor.normal(
      [6] + shape, standardDeviation: 2, using: Laboratory.generator("points"))
    var largest = 0.0
    for row in 0..<6 {
      let point = inputs[row..<row + 1]
      let rows = try (0..<3).map { label in
        try valueAndGradient(at: point) { try model.logits($0)[0][label] }.gradient.flattened()
      }
      let jacobian = Tensor.stacked(rows).to(.float64)
      largest = max(largest, jacobian.svd().singularValues.max().item)
    }
    #expect(largest > 0 && largest <= bound * (1 + 1e-5), "\(largest) against \(bound)")
  }

  @Test(
    "intervals hold what the network says of random points, of corners and of the ends",
    arguments: Laboratory.networks.map(\.name), [0.001, 0.1])
  func enclosure(_ name: String, _ radius: Double) throws {
    let shape = try #require(Laboratory.networks.first { $0.name == name }).shape
    let model = Laboratory.network(name, shape, seed: 9)
    let batch = try Laboratory.batch(4, of: model)
    let intervals = Intervals(
      around: batch.inputs, radii: batch.indices.map { _ in radius }, box: 0...1)
    let bounds = try intervals.through(model.network)
    #expect(bounds.upper.greaterOrEqual(to: bounds.lower).all)
    let generator = Laboratory.generator("points")
    for draw in 0..<60 {
      let drawn = Tensor.uniform(batch.inputs.shape, in: -1...1, using: generator)
      // Corners are where an interval is attained, if it is.
      let direction = draw % 2 == 0 ? drawn : drawn.sign()
      let points = (batch.inputs + direction * radius).clamped(to: 0...1)
        .to(.float64).clamped(from: intervals.lower, through: intervals.upper).to(.float32)
      let logits = try withoutGradients { try model.logits(points) }.to(.float64)
      #expect(logits.greaterOrEqual(to: bounds.lower).all)
      #expect(logits.lessOrEqual(to: bounds.upper).all)
    }
  }

  @Test("without room intervals are as narrow as rounding, around what the network says")
  func points() throws {
    for (name, shape) in Laboratory.networks {
      let model = Laboratory.network(name, shape)
      let batch = try Laboratory.batch(3, of: model)
      let point = Intervals(around: batch.inputs, radii: [0, 0, 0], box: nil)
      let bounds = try point.through(model.network)
      let logits = try withoutGradients { try model.logits(batch.inputs) }.to(.float64)
      #expect(logits.greaterOrEqual(to: bounds.lower).all, "\(name)")
      #expect(logits.lessOrEqual(to: bounds.upper).all, "\(name)")
      if name != "wide-resnet" {
        #expect((bounds.upper - bounds.lower).max().item < 5e-2, "\(name)")
      }
    }
  }
}
