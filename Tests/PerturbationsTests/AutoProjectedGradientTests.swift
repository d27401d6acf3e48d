import Networks
import Testing
import Torch

@testable import Perturbations

@Suite("APGD")
struct AutoProjectedGradientTests {
  static let norms = ["linf", "l2", "l1"]

  /// A network with random weights and inputs that it gets right.
  private func network(_ classCount: Int, inputs count: Int = 40) throws -> (Target, Batch) {
    let network = MLP(
      widths: [12, 24, classCount], hasBatchNorm: false,
      using: Generator(seed: 6, purpose: "weights"))
    let frozen = FrozenNetwork(network, inputShape: [3, 2, 2], classCount: classCount)
    let inputs = Tensor.uniform([count, 3, 2, 2], using: Generator(seed: 7, purpose: "inputs"))
    let labels = try frozen.logits(inputs).argmax(along: 1)
    return (
      Target(frozen), Batch(inputs: inputs, labels: labels, indices: Array(0..<count))
    )
  }

  private func broken(_ result: AttackResult) -> Int { result.success.filter { $0 }.count }

  @Test(
    "on linear models of two and three classes it breaks what can be broken",
    arguments: norms, [2, 3])
  func closedForm(_ name: String, _ classCount: Int) throws {
    let norm = try Norms.named(name)
    let weights = Tensor.normal(
      [classCount, 24], dtype: .float64, using: Generator(seed: 4, purpose: "weights"))
    let target = Target(classCount: classCount) { inputs in
      inputs.flattened(from: 1).linear(weights)
    }
    let inputs = Tensor.normal(
      [12, 4, 6], dtype: .float64, using: Generator(seed: 5, purpose: "inputs"))
    let logits = try target.logits(inputs)
    let labels = logits.argmax(along: 1)
    // The nearest of the planes between the true class and another.
    func distances(_ dualLength: (Tensor) -> Double) -> [Double] {
      (0..<12).map { row in
        let label = Int(labels[row].item)
        return (0..<classCount).filter { $0 != label }.map { other in
          (logits[row][label] - logits[row][other]).item
            / dualLength((weights[label] - weights[other]).unsqueezed(0))
        }.min() ?? .infinity
      }
    }
    let closest = distances { norm.dual.length(of: $0).item }
    // The rule for sparse steps never comes from two features to one: both rise by the same, and the
    // projection takes the same from both. What it reaches is at least what the second gives.
    let reached =
      norm is L1 ? distances { $0.abs().top(2, along: 1).values.min().item } : closest
    let sorted = closest.sorted()
    let radius = (sorted[5] + sorted[6]) / 2
    let batch = Batch(inputs: inputs, labels: labels, indices: Array(0..<12))
    let attacks: [any Attack] = [
      AutoProjectedGradient(), AutoProjectedGradient(loss: .differenceOfLogitsRatio),
      AutoProjectedGradient(largerRadiiFirst: false), TargetedAutoProjectedGradient(),
    ]
    for attack in attacks {
      let result = try attack.run(
        on: target, batch, within: Ball(norm, radius: radius), context: Context(seed: 1))
      for (success, bounds) in zip(result.success, zip(closest, reached)) {
        #expect(success ? bounds.0 < radius : bounds.1 >= radius, "\(attack.name)")
      }
    }
  }

  @Test("it is no weaker than PGD, and larger radii break no fewer", arguments: norms)
  func strength(_ name: String) throws {
    let (target, batch) = try network(5)
    let norm = try Norms.named(name)
    let radii = ["linf": [0.02, 0.05, 0.1], "l2": [0.05, 0.15, 0.3], "l1": [0.1, 0.4, 0.8]]
    var counts: [Int] = []
    for radius in try #require(radii[name]) {
      let ball = try Ball(norm, radius: radius, box: 0...1)
      let context = Context(seed: 3)
      let simple = try ProjectedGradient().run(on: target, batch, within: ball, context: context)
      let automatic = try AutoProjectedGradient().run(
        on: target, batch, within: ball, context: context)
      let targeted = try TargetedAutoProjectedGradient().run(
        on: target, batch, within: ball, context: context)
      // In L1, the cross-entropy alone can be one behind on so small a network.
      #expect(broken(automatic) >= broken(simple) - (norm is L1 ? 1 : 0))
      #expect(broken(targeted) >= max(broken(simple), broken(automatic) - 1))
      counts.append(broken(automatic))
    }
    #expect(counts == counts.sorted() && counts[0] < counts[2])
  }

  @Test("losses have starts of their own, and restarts too")
  func starts() throws {
    let (target, batch) = try network(5, inputs: 3)
    func start(_ loss: AttackLoss, _ norm: any Norm) throws -> [Tensor] {
      let asked = AskedInputs()
      _ = try AutoProjectedGradient(steps: 1, restarts: 2, loss: loss, stopsEarly: false).run(
        on: asked.listening(to: target), batch, within: Ball(norm, radius: 1e-3),
        context: Context(seed: 1))
      return [asked.all[1], asked.all[3]]
    }
    for norm in [LInf(), L2()] as [any Norm] {
      let points = try start(.crossEntropy, norm) + start(.differenceOfLogitsRatio, norm)
      for (number, point) in points.enumerated() {
        let length = norm.length(of: point - batch.inputs)
        #expect((length - 1e-3).abs().max().item < 1e-6)
        #expect(points.dropFirst(number + 1).allSatisfy { !$0.isIdentical(to: point) })
      }
    }
  }

  @Test(
    "what breaks in larger balls on the way does not count, but costs", arguments: [true, false])
  func detour(_ stopsEarly: Bool) throws {
    let (target, batch) = try network(5)
    let ball = try Ball(L1(), radius: 0.05, box: 0...1)
    let attack = AutoProjectedGradient(steps: 20, stopsEarly: stopsEarly)
    let result = try attack.run(on: target, batch, within: ball, context: Context(seed: 1))
    let length = L1().length(of: result.adversarial - batch.inputs)
    #expect(length.max().item <= 0.05 * (1 + 1e-6))
    let plain = try network(5).0.logits(result.adversarial).argmax(along: 1)
    #expect(result.success == plain.notEqual(to: batch.labels).values(as: Bool.self))
    // The clean answer, a start for each of three radii, and the steps.
    let standing = result.success.indices.filter { !result.success[$0] || !stopsEarly }
    #expect(!standing.isEmpty && standing.allSatisfy { result.queries[$0] == 1 + 3 + 20 })
    #expect(standing.allSatisfy { result.iterations[$0] == 20 })
    #expect(standing.allSatisfy { result.gradients[$0] == 3 + 19 })
  }

  @Test("a query budget ends it", arguments: ["apgd", "apgd-t"], norms)
  func budget(_ name: String, _ norm: String) throws {
    let (target, batch) = try network(5)
    let result = try Attacks.named(name).run(
      on: target.limited(toQueries: 30), batch,
      within: Ball(try Norms.named(norm), radius: 0.01, box: 0...1), context: Context())
    #expect(result.queries.max() == 30)
  }

  @Test("on 8-bit pixels it finds what survives being stored", arguments: norms)
  func pixels(_ name: String) throws {
    let (target, batch) = try network(5)
    let stored = (batch.inputs * 255).rounded() / 255
    let labels = try target.logits(stored).argmax(along: 1)
    let ball = try Ball(
      try Norms.named(name), radius: name == "linf" ? 0.1 : 0.6, box: 0...1, domain: .eightBit)
    let result = try AutoProjectedGradient(steps: 40).run(
      on: target, Batch(inputs: stored, labels: labels, indices: batch.indices), within: ball,
      context: Context())
    let levels = result.adversarial * 255
    #expect((levels - levels.rounded()).abs().max().item < 1e-3)
    #expect(ball.length(of: result.adversarial - stored).max().item <= ball.radius * (1 + 1e-6))
    #expect(broken(result) > 0)
  }

  @Test("the class to reach and what counts as success can differ")
  func heading() throws {
    // Class 2 is out of reach, but on the way to it class 1 wins.
    let weights = Tensor([0.0, 0, 1, 0, 0.9, 0.5], shape: [3, 2])
    let biases = Tensor([0.3, 0, -9])
    let target = Target(classCount: 3) { $0.linear(weights, bias: biases) }
    let batch = Batch(inputs: Tensor([0.0, 0], shape: [1, 2]), labels: Tensor([0]), indices: [0])
    var search = try Search(target, batch, within: Ball(L2(), radius: 0.5))
    search.head(for: Tensor([2]))
    _ = try search.ask(Tensor([0.45, 0.2], shape: [1, 2]), .margin)
    #expect(search.result().success == [true])
    var strict = try Search(
      target, batch, within: Ball(L2(), radius: 0.5), goal: .targetClass(2))
    _ = try strict.ask(Tensor([0.45, 0.2], shape: [1, 2]), .margin)
    #expect(strict.result().success == [false])
  }

  @Test("settings that make no sense are refused")
  func settings() throws {
    let (target, batch) = try network(3, inputs: 2)
    let wrong: [any Attack] = [
      AutoProjectedGradient(steps: 0), AutoProjectedGradient(restarts: 0),
      AutoProjectedGradient(rho: 1.5), TargetedAutoProjectedGradient(targetClasses: 0),
      BasicIterative(steps: 0), BasicIterative(relativeStepSize: -1),
      MomentumIterative(decay: .nan),
    ]
    for attack in wrong {
      #expect(throws: PerturbationError.self) {
        try attack.run(
          on: target, batch, within: Ball(LInf(), radius: 0.1), context: Context())
      }
    }
    #expect(throws: PerturbationError.needsRadius(attack: "apgd")) {
      try AutoProjectedGradient().run(
        on: target, batch, within: Ball(LInf(), radius: .infinity), context: Context())
    }
  }
}
