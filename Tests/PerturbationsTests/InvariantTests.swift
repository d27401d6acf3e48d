import Networks
import Perturbations
import Testing
import Torch

/// What holds for every attack in every norm.
@Suite("Invariants of attacks")
struct InvariantTests {
  static let attacks = (Attacks.ofNumbers + [FastEnsemble()]).map(\.name)
  /// Every attack with every norm that it is defined for.
  static let cases = (Attacks.ofNumbers + [FastEnsemble()]).flatMap { attack in
    attack.about.norms.map { (attack.name, $0) }
  }

  /// A ball in which some examples are broken and others are not; in L0 the radius counts features.
  private func ball(_ norm: String, _ radius: Double, mask: Tensor? = nil) throws -> Ball {
    try Ball(
      Norms.named(norm), radius: norm == "l0" ? (radius * 10).rounded() : radius, box: 0...1,
      mask: mask)
  }

  private let network = Sequential {
    MLP(widths: [12, 24, 3], hasBatchNorm: true, using: Generator(seed: 6, purpose: "weights"))
    Dropout(0.5)
  }

  private var target: Target {
    let frozen = FrozenNetwork(network, inputShape: [3, 2, 2], classCount: 3)
    return Target(classCount: 3) { try frozen.logits($0) }
  }

  private func batch(_ count: Int) throws -> Batch {
    let inputs = Tensor.uniform([count, 3, 2, 2], using: Generator(seed: 7, purpose: "inputs"))
    let labels = try target.logits(inputs).argmax(along: 1)
    return Batch(inputs: inputs, labels: labels, indices: (0..<count).map { 100 + $0 })
  }

  @Test(
    "radius, box and mask hold, inputs and the network stay as they were",
    arguments: cases)
  func bounds(_ name: String, _ normName: String) throws {
    let batch = try batch(20)
    let before = batch.inputs.copy()
    let state = network.state().mapValues { $0.copy() }
    let mask = Tensor([Float](repeating: 1, count: 9) + [0, 0, 0], shape: [3, 2, 2])
    let ball = try ball(normName, 0.3, mask: mask)
    let result = try QuickAttack.named(name).run(
      on: target, batch, within: ball, context: Context(seed: 2))
    let change = result.adversarial - batch.inputs
    #expect(ball.norm.length(of: change).max().item <= ball.radius * (1 + 1e-6))
    #expect((change * (1 - mask)).abs().max().item == 0)
    #expect(result.adversarial.min().item >= 0)
    #expect(result.adversarial.max().item <= 1)
    #expect(batch.inputs.isIdentical(to: before))
    #expect(state.allSatisfy { network.state()[$0.key]?.isIdentical(to: $0.value) == true })
    let broken = Target.isCorrect(try target.logits(result.adversarial), batch.labels).not()
    #expect(result.success == broken.values(as: Bool.self))
    #expect(zip(result.success, result.distance).allSatisfy { $0 == ($1 != nil) })
  }

  @Test(
    "an example's result does not depend on the batch, its order or the workers",
    arguments: cases)
  func independence(_ name: String, _ normName: String) throws {
    let batch = try batch(13)
    let attack = try QuickAttack.named(name)
    let ball = try ball(normName, 0.2)
    let engine = AttackEngine(chunkSize: 5)
    let one = try engine.run(
      attack, on: target, batch, within: ball, context: Context(seed: 3, workers: 1))
    let four = try engine.run(
      attack, on: target, batch, within: ball, context: Context(seed: 3, workers: 4))
    #expect(one.adversarial.isIdentical(to: four.adversarial))
    #expect(one.success == four.success && one.distance == four.distance)
    #expect(one.iterations == four.iterations && one.queries == four.queries)
    let order = Array((0..<13).reversed())
    let permuted = try attack.run(
      on: target, batch.selecting(order), within: ball, context: Context(seed: 3))
    #expect(permuted.success == order.map { one.success[$0] })
    let difference = permuted.adversarial - one.adversarial.selecting(rows: order)
    #expect(difference.abs().max().item < 1e-4)
  }

  @Test(
    "radius 0 changes nothing, and what is misclassified clean is broken at distance 0",
    arguments: attacks)
  func corners(_ name: String) throws {
    let batch = try batch(6)
    let attack = try QuickAttack.named(name)
    let point = try attack.run(
      on: target, batch, within: ball("l2", 0), context: Context())
    #expect((point.adversarial - batch.inputs).abs().max().item < 1e-6)
    #expect(point.success == Array(repeating: false, count: 6))
    let wrong = Batch(
      inputs: batch.inputs, labels: (batch.labels + 1).remainder(3).to(.int64),
      indices: batch.indices)
    let result = try attack.run(
      on: target, wrong, within: ball("l2", 1), context: Context())
    #expect(result.success == Array(repeating: true, count: 6))
    #expect(result.distance == Array(repeating: 0, count: 6))
    let single = try attack.run(
      on: target, batch.selecting([2]), within: ball("l2", 1), context: Context())
    #expect(single.success.count == 1)
  }

  @Test("no examples have an empty result", arguments: attacks)
  func emptySelection(_ name: String) throws {
    let empty = try batch(3).selecting([])
    let attack = try QuickAttack.named(name)
    let norm = try Norms.named(attack.about.norms[0])
    let result = try AttackEngine().run(
      attack, on: target, empty, within: Ball(norm, radius: 0.1, box: 0...1), context: Context())
    #expect(result.count == 0 && result.adversarial.shape == [0, 3, 2, 2])
  }

  @Test("leaving early or executing every step breaks the same examples")
  func earlyStop() throws {
    let batch = try batch(30)
    let ball = try Ball(LInf(), radius: 0.25, box: 0...1)
    let early = try ProjectedGradient().run(on: target, batch, within: ball, context: Context())
    let full = try ProjectedGradient(stopsEarly: false).run(
      on: target, batch, within: ball, context: Context())
    #expect(early.success == full.success)
    #expect(early.success.contains(true) && early.success.contains(false))
    #expect(full.iterations == Array(repeating: 40, count: 30))
  }

  @Test("larger radii break no fewer examples")
  func monotone() throws {
    let batch = try batch(40)
    var last = 0
    for radius in [0.01, 0.05, 0.1, 0.3, 0.6] {
      let ball = try Ball(L2(), radius: radius, box: 0...1)
      let result = try ProjectedGradient().run(
        on: target, batch, within: ball, context: Context())
      let broken = result.success.filter { $0 }.count
      #expect(broken >= last)
      last = broken
    }
    #expect(last > 0)
  }

  @Test("a model that returns NaN for some inputs is wrong there and spoils nobody else")
  func notANumber() throws {
    let batch = try batch(8)
    let sound = target
    let first = batch.inputs[0].copy()
    let broken = Target(classCount: 3) { inputs in
      let logits = try sound.logits(inputs)
      let isFirst = (inputs - first).flattened(from: 1).abs().max(along: 1).less(than: 0.5)
      return logits.where(isFirst.not().unsqueezed(1), else: .nan)
    }
    let ball = try Ball(LInf(), radius: 0.01, box: 0...1)
    let result = try ProjectedGradient().run(
      on: broken, batch, within: ball, context: Context())
    let reference = try ProjectedGradient().run(
      on: sound, batch, within: ball, context: Context())
    #expect(result.success[0])
    let distances = (batch.inputs - first).flattened(from: 1).abs().max(along: 1)
      .values(as: Float.self)
    for index in 1..<8 where distances[index] > 0.55 {
      #expect(result.success[index] == reference.success[index])
    }
  }

  @Test("settings that make no sense are refused")
  func settings() throws {
    let batch = try batch(2)
    let ball = try Ball(LInf(), radius: 0.1)
    let wrong: [any Attack] = [
      ProjectedGradient(steps: 0), ProjectedGradient(stepSize: -1),
      ProjectedGradient(stepSize: .nan), ProjectedGradient(restarts: 0), UniformNoise(draws: 0),
      GaussianNoise(standardDeviation: -1),
    ]
    for attack in wrong {
      #expect(throws: PerturbationError.self) {
        try attack.run(on: target, batch, within: ball, context: Context())
      }
    }
    #expect(throws: PerturbationError.unknownAttack("pgdd", known: Attacks.all.map(\.name))) {
      try Attacks.named("pgdd")
    }
  }
}
