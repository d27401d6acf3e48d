import Perturbations
import Testing
import Torch

@Suite("Attacks by decisions alone")
struct DecisionTests {
  @Test(
    "both find the closed-form distance of a linear model to a few per cent",
    arguments: [[8], [4, 6], [3, 4, 5]])
  func closedForm(_ shape: [Int]) throws {
    let model = LinearTask(shape)
    let batch = model.batch(4)
    let attacks: [(any Attack, any Norm, Double)] = [
      (BoundaryAttack(steps: 3000), L2(), 1.03), (HopSkipJump(steps: 20), L2(), 1.03),
      (HopSkipJump(steps: 40, evaluations: 200), LInf(), 1.06),
    ]
    for (attack, norm, tolerance) in attacks {
      let distances = model.distances(batch, norm)
      let result = try attack.run(
        on: model.target, batch, within: Ball(norm, radius: .infinity), context: Context(seed: 1))
      for (found, distance) in zip(result.distance, distances) {
        let ratio = (found ?? .nan) / distance
        #expect(ratio >= 1 - 1e-9 && ratio < tolerance, "\(attack.name) \(norm.name)")
      }
    }
  }

  @Test("with a mask, a box and a domain the distance is that of what is left", arguments: [2, 3])
  func mask(_ classCount: Int) throws {
    let model = LinearTask([4, 6], classCount: classCount)
    let batch = model.batch(4)
    let mask = Tensor([Double](repeating: 1, count: 12) + [Double](repeating: 0, count: 12))
      .reshaped([4, 6])
    let ball = try Ball(L2(), radius: .infinity, box: -20...20, mask: mask)
    let distances = model.distances(batch, L2(), mask: mask)
    let attacks: [any Attack] = [BoundaryAttack(steps: 2500), HopSkipJump(steps: 25)]
    for attack in attacks {
      let result = try attack.run(
        on: model.target, batch, within: ball, context: Context(seed: 1))
      #expect(((result.adversarial - batch.inputs) * (1 - mask)).abs().max().item == 0)
      for (found, distance) in zip(result.distance, distances) where distance < 15 {
        let ratio = (found ?? .nan) / distance
        #expect(ratio >= 1 - 1e-9 && ratio < 1.05, "\(attack.name) \(ratio)")
      }
    }
    let whole = batch.replacing(inputs: batch.inputs.rounded())
    let labels = whole.inputs.flattened(from: 1).matmul(model.weight).greater(than: 0).to(.int64)
    let integers = Batch(inputs: whole.inputs, labels: labels, indices: whole.indices)
    let lattice = try Ball(L2(), radius: .infinity, box: -20...20, domain: .integers)
    for attack in [BoundaryAttack(steps: 300), HopSkipJump(steps: 5)] as [any Attack] {
      let found = try attack.run(
        on: model.target, integers, within: lattice, context: Context(seed: 1))
      #expect(found.success == Array(repeating: true, count: 4))
      #expect((found.adversarial - found.adversarial.rounded()).abs().max().item == 0)
    }
  }

  @Test("a finite radius decides what counts, and with it examples may leave early")
  func radius() throws {
    let model = LinearTask([8])
    let batch = model.batch(6)
    let sorted = model.distances(batch, L2()).sorted()
    let ball = try Ball(L2(), radius: (sorted[2] * 1.05 + sorted[3]) / 2)
    let attacks: [(full: any Attack, early: any Attack)] = [
      (HopSkipJump(steps: 15, stopsEarly: false), HopSkipJump(steps: 15)),
      (BoundaryAttack(steps: 1500, stopsEarly: false), BoundaryAttack(steps: 1500)),
    ]
    for (full, early) in attacks {
      let all = try full.run(on: model.target, batch, within: ball, context: Context())
      let first = try early.run(on: model.target, batch, within: ball, context: Context())
      #expect(all.success == model.distances(batch, L2()).map { $0 < ball.radius })
      #expect(all.success == first.success)
      #expect(first.queries.reduce(0, +) < all.queries.reduce(0, +))
      #expect(first.distance.allSatisfy { $0.map { $0 <= ball.radius } ?? true })
    }
  }

  @Test("a class is reached from inputs of that class, and refused without any")
  func targeted() throws {
    let weights = Tensor([1.0, 0, 0, 1, -1, -1], shape: [3, 2])
    let target = Target(classCount: 3) { $0.matmul(weights.transposed()) }
    let batch = Batch(
      inputs: Tensor([2.0, 0.5, 2, 1], shape: [2, 2]), labels: Tensor([0, 0]), indices: [0, 1])
    let pool = Tensor([3.0, 0, 0, 4, 1, 5, -3, -3], shape: [4, 2])
    let ball = try Ball(L2(), radius: .infinity)
    let attacks: [(with: any Attack, without: any Attack)] = [
      (
        HopSkipJump(steps: 12, starts: StartingPool(pool), goal: .targetClass(1)),
        HopSkipJump(goal: .targetClass(1))
      ),
      (
        BoundaryAttack(steps: 800, starts: StartingPool(pool), goal: .targetClass(1)),
        BoundaryAttack(goal: .targetClass(1))
      ),
    ]
    for (with, without) in attacks {
      let result = try with.run(on: target, batch, within: ball, context: Context())
      #expect(result.success == [true, true])
      for (found, gap) in zip(result.distance, [1.5, 1]) {
        #expect(abs((found ?? .nan) / (gap / 2.0.squareRoot()) - 1) < 0.02)
      }
      #expect(throws: PerturbationError.needsStarts(attack: without.name)) {
        try without.run(on: target, batch, within: ball, context: Context())
      }
    }
    // No input of the pool does: the examples fail, without a distance.
    let useless = HopSkipJump(steps: 2, starts: StartingPool(pool[0..<1]), goal: .targetClass(1))
    let failed = try useless.run(on: target, batch, within: ball, context: Context())
    #expect(failed.success == [false, false] && failed.distance == [nil, nil])
    #expect(failed.queries == [2, 2])
    #expect(throws: PerturbationError.shape(name: "pool of starts", shape: [4], inputs: [2])) {
      try HopSkipJump(starts: StartingPool(Tensor.zeros([3, 4]))).run(
        on: target, batch, within: ball, context: Context())
    }
  }

  @Test("of examples with classes one starts from the class to reach, and never from itself")
  func classes() throws {
    // Class 0 where the sum is positive, class 1 elsewhere; class 2 is never said.
    let weights = Tensor([1.0, 1, -1, -1, 0, 0], shape: [3, 2])
    let target = Target(classCount: 3) { $0.matmul(weights.transposed()) }
    let examples = Batch(
      inputs: Tensor([1.0, 1, 2, 2, -1, -1, -3, -3, -4, -4], shape: [5, 2]),
      labels: Tensor([1, 0, 2, 1, 1]), indices: [10, 11, 12, 13, 14])
    let ball = try Ball(L2(), radius: .infinity)
    // The first start that an attack on one example tries.
    func start(_ goal: Goal, _ row: Int, from rows: [Int] = [0, 1, 2, 3, 4]) throws -> [Double] {
      let asked = AskedInputs()
      _ = try HopSkipJump(
        steps: 1, starts: StartingPool(examples.selecting(rows)), goal: goal
      ).run(
        on: asked.listening(to: target), examples.selecting([row]), within: ball,
        context: Context())
      return asked.all[1].values(as: Double.self)
    }
    #expect(try start(.targetClass(1), 1) == [1, 1])
    #expect(try start(.targetClass(1), 1, from: [1, 2, 3, 4]) == [-3, -3])
    // A mislabelled example is nearest to itself.
    #expect(try start(.targetClass(1), 0) == [-3, -3])
    #expect(try start(.untargeted, 1) == [1, 1])
    #expect(try start(.untargeted, 1, from: [1, 2, 3]) == [-1, -1])
    #expect(throws: PerturbationError.noStart(example: 11, target: 1)) {
      try start(.targetClass(1), 1, from: [1, 2])
    }
    #expect(throws: PerturbationError.noStart(example: 11, target: nil)) {
      try start(.untargeted, 1, from: [1])
    }
  }

  @Test("queries are counted as they are asked, and no budget is exceeded")
  func budget() throws {
    let model = LinearTask([8])
    let batch = model.batch(5)
    let ball = try Ball(L2(), radius: .infinity)
    let attacks: [any Attack] = [
      HopSkipJump(steps: 4), BoundaryAttack(steps: 60), SimultaneousPerturbation(steps: 3),
    ]
    for attack in attacks {
      let ball = attack is SimultaneousPerturbation ? try ball.with(radius: 0.1) : ball
      let asked = Counter()
      let counted = model.target.counted(by: asked)
      let result = try attack.run(on: counted, batch, within: ball, context: Context())
      #expect(result.queries.reduce(0, +) == asked.count)
      for budget in [1, 7, 40, 150] {
        let before = asked.count
        let limited = try attack.run(
          on: counted.limited(toQueries: budget), batch, within: ball, context: Context())
        #expect(limited.queries.allSatisfy { $0 <= budget })
        #expect(limited.queries.reduce(0, +) == asked.count - before)
      }
    }
  }
}
