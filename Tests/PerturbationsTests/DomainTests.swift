import Perturbations
import Testing
import Torch

/// What holds where features can only take some values.
@Suite("Domains")
struct DomainTests {
  private let weights = Tensor.normal([12, 3], using: Generator(seed: 1, purpose: "weights"))
  private var target: Target {
    let weights = weights
    return Target(classCount: 3) { ($0.flattened(from: 1) - 0.5).matmul(weights) }
  }

  private func batch(_ count: Int, levels: Double) throws -> Batch {
    let inputs =
      Tensor.integers(
        [count, 3, 2, 2], in: 0..<(Int(levels) + 1), using: Generator(seed: 2, purpose: "inputs")
      ).to(.float32) / levels
    let labels = try target.logits(inputs).argmax(along: 1)
    return Batch(inputs: inputs, labels: labels, indices: Array(0..<count))
  }

  @Test(
    "pixels stay on their 256 levels and in the ball, and the claim holds for what was stored",
    arguments: ["linf", "l2", "l1"], Attacks.ofNumbers.map(\.name))
  func eightBit(_ norm: String, _ name: String) throws {
    let attack = try QuickAttack.named(name)
    guard attack.about.norms.contains(norm) else { return }
    let batch = try batch(20, levels: 255)
    let radius = norm == "linf" ? 0.15 : norm == "l2" ? 0.4 : 1.0
    let ball = try Ball(Norms.named(norm), radius: radius, box: 0...1, domain: .eightBit)
    let result = try AttackEngine().run(
      attack, on: target, batch, within: ball, context: Context(seed: 4))
    // What a file with 8 bits a pixel gives back.
    let stored = (result.adversarial * 255).rounded().to(.uint8).to(.float32) / 255
    #expect(stored.isIdentical(to: result.adversarial))
    #expect(ball.length(of: stored - batch.inputs).max().item <= radius * (1 + 1e-6))
    let isWrong = Target.isCorrect(try target.logits(stored), batch.labels).not()
    #expect(result.success == isWrong.values(as: Bool.self))
    #expect(name != "pgd" || result.success.contains(true))
  }

  @Test("whole numbers move by whole numbers, and a radius below one leaves them")
  func integers() throws {
    let inputs = Tensor([2, 5, 7, 3, 1, 0] as [Float], shape: [2, 3])
    let weights = Tensor([1, -1, 1, -1, 1, -1] as [Float], shape: [3, 2])
    let target = Target(classCount: 2) { $0.matmul(weights) - 9.5 }
    let labels = try target.logits(inputs).argmax(along: 1)
    let batch = Batch(inputs: inputs, labels: labels, indices: [0, 1])
    for (radius, moves) in [(0.9, false), (2.5, true)] {
      let ball = try Ball(LInf(), radius: radius, domain: .integers)
      let result = try ProjectedGradient(stopsEarly: false).run(
        on: target, batch, within: ball, context: Context())
      let change = result.adversarial - inputs
      #expect((change - change.rounded()).abs().max().item == 0)
      #expect((change.abs().max().item > 0) == moves)
      #expect(change.abs().max().item <= radius)
    }
  }

  @Test("a category is exchanged for another, never mixed, beside real and whole features")
  func table() throws {
    // Two real features, one count, and a category of three.
    let row: [Float] = [0.2, 0.4, 3, 1, 0, 0]
    let inputs = Tensor(row + row, shape: [2, 6])
    let target = Target(classCount: 2) {
      let score = $0.matmul(Tensor([0, 0, 0, 1, 0, -1] as [Float], shape: [6, 1]))
      return Tensor.concatenated([score, -score], along: 1)
    }
    let domain = try Domain.mixed(
      levels: Tensor([0, 0, 1, 0, 0, 0] as [Float]), oneHot: [[3, 4, 5]])
    let radii = Tensor([0.1, 0.1, 1, 1, 1, 1] as [Float])
    let ball = try Ball(radii: radii, domain: domain)
    let batch = Batch(inputs: inputs, labels: Tensor([0, 0]), indices: [0, 1])
    let result = try ProjectedGradient(steps: 10).run(
      on: target, batch, within: ball, context: Context())
    #expect(result.success == [true, true])
    for values in [result.adversarial[0], result.adversarial[1]] {
      let category = values.values(as: Float.self)[3...]
      #expect(category.sorted() == [0, 0, 1] && category.first == 0)
    }
    // A radius that does not reach another category leaves it.
    let near = try Ball(radii: radii * 0.9, domain: domain)
    let kept = try ProjectedGradient(steps: 10).run(
      on: target, batch, within: near, context: Context())
    #expect(kept.success == [false, false])
    #expect(
      kept.adversarial.narrowed(to: 3..<6, along: 1).isIdentical(
        to: inputs.narrowed(to: 3..<6, along: 1)))
  }

  @Test("inputs outside of the domain, and domains that contradict themselves, are refused")
  func refused() throws {
    let inputs = Tensor([0.5, 0.3] as [Float], shape: [1, 2])
    let batch = Batch(inputs: inputs, labels: Tensor([0]), indices: [7])
    let ball = try Ball(LInf(), radius: 0.1, box: 0...1, domain: .eightBit)
    #expect(throws: PerturbationError.outsideDomain(example: 7)) {
      try AttackEngine().run(
        ProjectedGradient(), on: Target(classCount: 2) { $0 }, batch, within: ball,
        context: Context())
    }
    let levels = Tensor([1, 1] as [Float])
    for groups in [[[0]], [[0, 1], [1, 0]], [[0, 2]]] {
      #expect(throws: PerturbationError.domain) { try Domain.mixed(levels: levels, oneHot: groups) }
    }
    #expect(throws: PerturbationError.domain) { try Domain.mixed(levels: levels * -1) }
  }
}
