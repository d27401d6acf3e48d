import Networks
import Perturbations
import Testing
import Torch

/// Shortening what minimum-norm attacks found, on a boundary that bends.
@Suite("Polish")
struct PolishTests {
  // Several threads for operators as small as these wait for one another most of the time.
  init() { IntraOperatorThreads.set(1) }

  private func problem() throws -> (Target, Batch) {
    let network = MLP(widths: [10, 16, 4], using: Generator(seed: 8, purpose: "weights"))
    let frozen = FrozenNetwork(network, inputShape: [10], classCount: 4)
    let target = Target(classCount: 4) { inputs in
      try frozen.logits(((inputs - 0.5) * 4).flattened(from: 1).to(.float32)).to(.float64)
    }
    let inputs = Tensor.uniform(
      [12, 2, 5], in: 0.1...0.9, dtype: .float64, using: Generator(seed: 9, purpose: "inputs"))
    let labels = try target.logits(inputs).argmax(along: 1)
    return (target, Batch(inputs: inputs, labels: labels, indices: Array(0..<12)))
  }

  @Test(
    "nothing becomes longer, some becomes shorter, and at most 14 passes and 2 gradients are spent",
    arguments: MinimumNormCaseTests.cases)
  func shorter(_ name: String, _ normName: String) throws {
    let (target, batch) = try problem()
    let asked = Counter()
    var attack = try Attacks.named(name)
    if name == "cw" { attack = try attack.setting("steps", to: "40") }
    let ball = try Ball(Norms.named(normName), radius: .infinity, box: 0...1)
    let rough = try attack.setting("polishes", to: "false").run(
      on: target, batch, within: ball, context: Context(seed: 4))
    let fine = try attack.run(
      on: target.counted(by: asked), batch, within: ball, context: Context(seed: 4))
    #expect(rough.success == fine.success && rough.iterations == fine.iterations)
    #expect(fine.queries.reduce(0, +) == asked.count)
    for row in 0..<batch.count {
      #expect(fine.queries[row] - rough.queries[row] <= 14)
      #expect(fine.gradients[row] - rough.gradients[row] <= 2)
      guard let before = rough.distance[row], let after = fine.distance[row] else { continue }
      #expect(after <= before)
    }
    let isWrong = Target.isCorrect(try target.logits(fine.adversarial), batch.labels).not()
    #expect(isWrong.values(as: Bool.self) == fine.success)
    // Numbers of features are left alone.
    let isSame = rough.distance == fine.distance
    #expect(isSame == (normName == "l0"))
  }

  @Test("what is broken inside the radius is left alone; what lies outside may come in")
  func radius() throws {
    let (target, batch) = try problem()
    let attack = DeepFool(overshoot: 0.5)
    let rough = DeepFool(overshoot: 0.5, polishes: false)
    let free = try Ball(L2(), radius: .infinity, box: 0...1)
    let lengths = try rough.run(on: target, batch, within: free, context: Context()).distance
      .compactMap { $0 }.sorted()
    let ball = try free.with(radius: lengths[6] * 0.999)
    let before = try rough.run(on: target, batch, within: ball, context: Context())
    let after = try attack.run(on: target, batch, within: ball, context: Context())
    for row in 0..<batch.count where before.success[row] {
      #expect(after.distance[row] == before.distance[row])
      #expect(after.queries[row] == before.queries[row])
    }
    #expect(after.success.filter { $0 }.count > before.success.filter { $0 }.count)
  }
}
