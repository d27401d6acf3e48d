import Perturbations
import Testing
import Torch

/// Slopes from samples, examples from another model, and one perturbation for all.
@Suite("SPSA, transfer and universal perturbations")
struct SurrogateTests {
  @Test(
    "SPSA breaks what a perturbation of a little less can break, and nothing else",
    arguments: ["linf", "l2"], [[8], [1, 4, 6]])
  func slopes(_ name: String, _ shape: [Int]) throws {
    let norm = try Norms.named(name)
    let model = LinearTask(shape)
    let batch = model.batch(6)
    let distances = model.distances(batch, norm)
    let radius = distances.sorted()[3] * 1.02
    let attack = SimultaneousPerturbation(steps: 60, stepSize: radius / 10)
    let result = try attack.run(
      on: model.target, batch, within: Ball(norm, radius: radius), context: Context(seed: 1))
    #expect(result.success == distances.map { $0 < radius })
  }

  @Test("SPSA reaches a class inside box, mask and domain")
  func inside() throws {
    let weights = Tensor([1.0, 0, 0, 0, 1, 0, -1, -1, 0], shape: [3, 3])
    let target = Target(classCount: 3) { $0.matmul(weights.transposed()) }
    let inputs = Tensor([0.8, 0.4, 0.2, 0.8, 0.6, 0.4], shape: [2, 3])
    let batch = Batch(inputs: inputs, labels: Tensor([0, 0]), indices: [0, 1])
    let mask = Tensor([1.0, 1, 0])
    let ball = try Ball(LInf(), radius: 0.3, box: 0...1, mask: mask, domain: .eightBit)
    let attack = SimultaneousPerturbation(steps: 40, goal: .targetClass(1))
    let result = try attack.run(on: target, batch, within: ball, context: Context())
    #expect(result.success == [true, true])
    let change = result.adversarial - inputs
    #expect((change * (1 - mask)).abs().max().item == 0)
    let failed = try SimultaneousPerturbation(steps: 5, goal: .targetClass(2)).run(
      on: target, batch, within: ball, context: Context())
    #expect(failed.success == [false, false])
  }

  @Test("what breaks the surrogate is asked of the target, once")
  func transfer() throws {
    let model = LinearTask([12])
    let other = LinearTask([12], seed: 9)
    let batch = model.batch(8)
    let distances = model.distances(batch, LInf())
    let radius = (distances.sorted()[3] + distances.sorted()[4]) / 2
    let ball = try Ball(LInf(), radius: radius)
    let inner = FastGradient()
    let same = try Transfer(surrogate: model.target, attack: inner).run(
      on: model.target, batch, within: ball, context: Context())
    #expect(same.success == distances.map { $0 < radius })
    #expect(same.queries == Array(repeating: 2, count: 8))
    #expect(same.gradients == Array(repeating: 0, count: 8))
    let foreign = try Transfer(surrogate: other.target, attack: inner).run(
      on: model.target, batch, within: ball, context: Context())
    #expect(foreign.success.filter { $0 }.count < same.success.filter { $0 }.count)
    let wrong = Transfer(surrogate: LinearTask([12], classCount: 3).target, attack: inner)
    #expect(throws: PerturbationError.surrogate(classes: 3, target: 2)) {
      try wrong.run(on: model.target, batch, within: ball, context: Context())
    }
    let tiny = try model.target.limited(toQueries: 1)
    let unasked = try Transfer(surrogate: model.target, attack: inner).run(
      on: tiny, batch, within: ball, context: Context())
    #expect(unasked.queries == Array(repeating: 1, count: 8))
  }

  /// Examples of one class on one side: what breaks one leads towards breaking all.
  private func oneSided(_ count: Int) -> (LinearTask, Batch) {
    let model = LinearTask([2, 3, 4])
    let batch = model.batch(count)
    let side = batch.labels.to(.float64).reshaped([-1, 1, 1, 1]) * -2 + 1
    let inputs = batch.inputs * side
    return (
      model,
      Batch(
        inputs: inputs, labels: Tensor([Int](repeating: 0, count: count)),
        indices: (0..<count).map { 3 * $0 + 7 })
    )
  }

  @Test(
    "a universal perturbation is one, and breaks what one can break", arguments: ["linf", "l2"])
  func universal(_ name: String) throws {
    let norm = try Norms.named(name)
    let (model, batch) = oneSided(60)
    let distances = model.distances(batch, norm)
    let radius = distances.sorted()[40] * 1.01
    let ball = try Ball(norm, radius: radius)
    let attack = UniversalPerturbation(batchSize: 20)
    let result = try attack.run(on: model.target, batch, within: ball, context: Context(seed: 2))
    let change = result.adversarial - batch.inputs
    #expect((change - change[0]).abs().max().item < 1e-12)
    #expect(norm.length(of: change).max().item <= radius * (1 + 1e-6))
    let reachable = distances.filter { $0 < radius }.count
    #expect(result.success.filter { $0 }.count >= reachable - 2)
    #expect(result.queries == Array(repeating: 2 * 10 + 3, count: 60))
    #expect(result.gradients == Array(repeating: 10, count: 60))
  }

  @Test("it is fitted on a share, the same for any number of workers, order and chunk")
  func share() throws {
    let (model, wide) = oneSided(70)
    let batch = wide.replacing(inputs: wide.inputs.clamped(to: -3...3))
    let asked = Counter()
    let target = model.target.counted(by: asked)
    let ball = try Ball(LInf(), radius: 0.4, box: -3...3)
    let attack = UniversalPerturbation(epochs: 3, batchSize: 50, fitShare: 0.5)
    #expect(attack.fittedIndices(of: batch) == Array(batch.indices[..<35]))
    let one = try AttackEngine().run(
      attack, on: target, batch, within: ball, context: Context(seed: 1))
    #expect(one.queries.reduce(0, +) == asked.count)
    #expect(one.queries[0] == 9 && one.queries[69] == 2)
    let order = Array((0..<70).reversed())
    let other = try AttackEngine(chunkSize: 7).run(
      attack, on: target, batch.selecting(order), within: ball,
      context: Context(seed: 1, workers: 4))
    #expect(other.adversarial.isIdentical(to: one.adversarial.selecting(rows: order)))
    #expect(other.success == order.map { one.success[$0] })
    #expect(one.success.suffix(35).contains(true))
    let free = (one.adversarial - batch.inputs).values(as: Double.self)
    let inputs = batch.inputs.values(as: Double.self)
    // Where the box is far away all examples have the same perturbation.
    var first: [Int: Double] = [:]
    for (position, value) in free.enumerated() where abs(inputs[position]) < 2.5 {
      let expected = first[position % 24] ?? value
      first[position % 24] = expected
      #expect(abs(value - expected) < 1e-12)
    }
    for budget in [1, 4, 5, 8] {
      let limited = try attack.run(
        on: model.target.limited(toQueries: budget), batch, within: ball, context: Context(seed: 1))
      #expect(limited.queries.allSatisfy { $0 <= budget })
    }
  }
}
