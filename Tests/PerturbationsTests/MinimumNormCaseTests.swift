import Networks
import Perturbations
import Testing
import Torch

/// What minimum-norm attacks do where there is more, or less, than a boundary to be found.
@Suite("Minimum-norm attacks, case by case")
struct MinimumNormCaseTests {
  // Several threads for operators as small as these wait for one another most of the time.
  init() { IntraOperatorThreads.set(1) }

  private static let attacks = Attacks.ofNumbers.filter { $0.about.kind == .minimumNorm }
  /// Every attack with every norm that it is defined for.
  static let cases = attacks.flatMap { attack in
    attack.about.norms.map { (attack.name, $0) }
  }
  static let names = attacks.map(\.name)

  private func quick(_ name: String, goal: String? = nil) throws -> any Attack {
    var attack = try Attacks.named(name)
    let steps = ["cw": "40", "fab": "20", "fab-t": "20", "fmn": "60", "ddn": "60"][name]
    if let steps { attack = try attack.setting("steps", to: steps) }
    if let goal, attack.optionNames.contains("goal") {
      attack = try attack.setting("goal", to: goal)
    }
    return attack
  }

  /// A random network on inputs `[N, 2, 5]`, and inputs that it gets right.
  private func problem(_ classCount: Int, count: Int = 6) throws -> (Target, Batch) {
    let network = MLP(
      widths: [10, 16, classCount], using: Generator(seed: 8, purpose: "weights"))
    let frozen = FrozenNetwork(network, inputShape: [10], classCount: classCount)
    let target = Target(classCount: classCount) { inputs in
      // Slopes that are large enough for boundaries inside the box.
      try frozen.logits(((inputs - 0.5) * 4).flattened(from: 1).to(.float32)).to(.float64)
    }
    let inputs = Tensor.uniform(
      [count, 2, 5], in: 0.1...0.9, dtype: .float64, using: Generator(seed: 9, purpose: "inputs"))
    let labels = try target.logits(inputs).argmax(along: 1)
    return (target, Batch(inputs: inputs, labels: labels, indices: Array(0..<count)))
  }

  @Test(
    "2, 3 and many classes, any wrong one or a chosen one; an example alone or among others",
    arguments: cases)
  func classes(_ name: String, _ normName: String) throws {
    let ball = try Ball(Norms.named(normName), radius: .infinity, box: 0...1)
    for classCount in [2, 3, 7] {
      let (target, batch) = try problem(classCount)
      for goal in ["untargeted", "runner-up"] {
        let attack = try quick(name, goal: goal)
        let result = try attack.run(on: target, batch, within: ball, context: Context(seed: 4))
        let lengths = ball.length(of: result.adversarial - batch.inputs).values(as: Double.self)
        #expect(result.success.contains(true), "\(classCount) \(goal)")
        for row in result.success.indices {
          #expect(result.success[row] == (result.distance[row] != nil))
          if let distance = result.distance[row] { #expect(abs(distance - lengths[row]) < 1e-9) }
        }
        let clean = try target.logits(batch.inputs)
        let targets =
          try attack.optionNames.contains("goal")
          ? Goal(text: goal)?.targets(of: batch, cleanLogits: clean) : nil
        let said = try target.logits(result.adversarial).argmax(along: 1)
        let broken = targets.map { said.equal(to: $0) } ?? said.notEqual(to: batch.labels)
        #expect(broken.values(as: Bool.self) == result.success, "\(classCount) \(goal)")
        let alone = try attack.run(
          on: target, batch.selecting([4]), within: ball, context: Context(seed: 4))
        #expect(alone.success == [result.success[4]])
        if let one = alone.distance[0], let other = result.distance[4] {
          #expect(abs(one - other) < 1e-3 * other, "\(classCount) \(goal)")
        }
      }
    }
  }

  @Test("masked features stay, lengths are in units of the scale", arguments: cases)
  func maskAndScale(_ name: String, _ normName: String) throws {
    let (target, batch) = try problem(4)
    let norm = try Norms.named(normName)
    let mask = Tensor([1.0, 1, 0, 1, 1, 0, 1, 1, 1, 1], shape: [2, 5])
    // All features count twice as much: distances halve.
    let double = try Ball(
      norm, radius: .infinity, box: 0...1, mask: mask,
      scale: Tensor.full([2, 5], 2, dtype: .float64))
    let result = try quick(name).run(on: target, batch, within: double, context: Context())
    let change = result.adversarial - batch.inputs
    #expect((change * (1 - mask)).abs().max().item == 0)
    #expect(result.success.contains(true))
    let lengths = norm.length(of: change).values(as: Double.self)
    for (distance, length) in zip(result.distance, lengths) {
      let factor = normName == "l0" ? 1.0 : 0.5
      if let distance { #expect(abs(distance - length * factor) < 1e-9) }
    }
    guard name != "cw" else { return }
    let open = try Ball(norm, radius: .infinity, mask: mask)
    let unbounded = try quick(name).run(on: target, batch, within: open, context: Context())
    #expect(unbounded.success.contains(true))
    #expect(((unbounded.adversarial - batch.inputs) * (1 - mask)).abs().max().item == 0)
  }

  @Test("a model that never fails leaves no distance and the input as it was", arguments: cases)
  func failure(_ name: String, _ normName: String) throws {
    let batch = try problem(3).1
    for radius in [0.5, .infinity] {
      // One model without a slope, one whose slope leads nowhere inside the box.
      for slope in [0.0, 1] {
        let target = Target(classCount: 3) { inputs in
          let sum = inputs.flattened(from: 1).sum(along: 1) * slope
          return Tensor.stacked([sum * 0, sum - 100, sum - 200], along: 1)
        }
        let right = Batch(
          inputs: batch.inputs, labels: batch.labels * 0, indices: batch.indices)
        let ball = try Ball(Norms.named(normName), radius: radius, box: 0...1)
        let result = try quick(name).run(on: target, right, within: ball, context: Context())
        #expect(result.success == Array(repeating: false, count: 6))
        #expect(result.distance == Array(repeating: nil, count: 6))
        #expect(result.adversarial.isIdentical(to: right.inputs))
      }
    }
  }

  @Test("with a radius, failures inside it count and the others do not", arguments: cases)
  func radius(_ name: String, _ normName: String) throws {
    let (target, batch) = try problem(5, count: 12)
    let norm = try Norms.named(normName)
    let free = try quick(name).run(
      on: target, batch, within: Ball(norm, radius: .infinity, box: 0...1), context: Context())
    let sorted = free.distance.compactMap { $0 }.sorted()
    let radius = try #require(sorted.dropFirst(sorted.count / 2).first)
    let ball = try Ball(norm, radius: radius * (1 + 1e-9), box: 0...1)
    let result = try quick(name).run(on: target, batch, within: ball, context: Context())
    let thorough = try quick(name).setting("stopsEarly", to: "false").run(
      on: target, batch, within: ball, context: Context())
    for row in free.success.indices {
      #expect(result.success[row] == ((free.distance[row] ?? .infinity) <= ball.radius))
      #expect(result.distance[row] ?? 0 <= ball.radius * (1 + 1e-6))
      #expect(thorough.distance[row] ?? 0 <= result.distance[row] ?? 0)
      if let distance = thorough.distance[row] { #expect(distance == free.distance[row]) }
    }
    #expect(result.queries.reduce(0, +) <= free.queries.reduce(0, +))
  }

  @Test(
    "no more queries are spent than allowed, over random answers and failures", arguments: names)
  func budget(_ name: String) throws {
    let (target, batch) = try problem(4)
    let ball = try Ball(L2(), radius: .infinity, box: 0...1)
    let limited = try target.limited(toQueries: 24).averaged(over: 2)
    let result = try quick(name).run(on: limited, batch, within: ball, context: Context())
    #expect(result.queries.allSatisfy { $0 <= 24 })
    #expect(result.gradients.allSatisfy { $0 > 0 })
  }

  @Test("C&W needs the limits of the data, DeepFool and others know no number of features")
  func refusals() throws {
    let (target, batch) = try problem(3)
    let halfOpen = try Ball(L2(), radius: 1, box: 0...Double.infinity)
    for ball in [try Ball(L2(), radius: 1), halfOpen] {
      #expect(throws: PerturbationError.needsBox(attack: "cw")) {
        try CarliniWagner().run(on: target, batch, within: ball, context: Context())
      }
    }
    let features = try Ball(L0(), radius: 2)
    for attack in Self.attacks where attack.name != "fmn" {
      #expect(
        throws: PerturbationError.norm(
          attack: attack.name, norm: "l0", supported: attack.about.norms)
      ) { try attack.run(on: target, batch, within: features, context: Context()) }
    }
  }

  @Test("C&W with a confidence finds wrong classes that lead by it")
  func confidence() throws {
    let (target, batch) = try problem(4)
    let ball = try Ball(L2(), radius: .infinity, box: 0...1)
    for goal in [Goal.untargeted, .runnerUp] {
      let plain = CarliniWagner(steps: 60, goal: goal)
      var sure = plain
      sure.confidence = 0.5
      let near = try plain.run(on: target, batch, within: ball, context: Context())
      let far = try sure.run(on: target, batch, within: ball, context: Context())
      let margins = AttackLoss.margin(
        try target.logits(far.adversarial), labels: batch.labels, targets: nil
      ).values(as: Double.self)
      #expect(far.success.contains(true))
      for row in far.success.indices where far.success[row] {
        #expect(margins[row] >= 0.5)
        #expect(try #require(far.distance[row]) > (near.distance[row] ?? 0))
      }
    }
  }

  @Test("restarts of FAB at random points find nothing longer", arguments: ["fab", "fab-t"])
  func restarts(_ name: String) throws {
    let (target, batch) = try problem(6)
    for norm in [LInf(), L2(), L1()] as [any Norm] {
      for box in [nil, 0.0...1] {
        let ball = try Ball(norm, radius: .infinity, box: box)
        let once = try Attacks.named(name).setting("steps", to: "10")
          .setting("polishes", to: "false")
        let often = try once.setting("restarts", to: "4")
        let first = try once.run(on: target, batch, within: ball, context: Context(seed: 1))
        let best = try often.run(on: target, batch, within: ball, context: Context(seed: 1))
        let again = try often.run(on: target, batch, within: ball, context: Context(seed: 1))
        #expect(best.distance == again.distance)
        for (one, other) in zip(first.distance, best.distance) {
          #expect((other ?? .infinity) <= (one ?? .infinity))
        }
        #expect(best.queries[0] > 3 * first.queries[0])
      }
    }
  }

  @Test("in a lattice of levels every failure that is reported is on it", arguments: cases)
  func lattice(_ name: String, _ normName: String) throws {
    let (target, batch) = try problem(3)
    let levels = Batch(
      inputs: (batch.inputs * 255).rounded() / 255, labels: batch.labels, indices: batch.indices)
    let ball = try Ball(
      Norms.named(normName), radius: .infinity, box: 0...1, domain: .eightBit)
    let result = try quick(name).run(on: target, levels, within: ball, context: Context())
    let steps = result.adversarial * 255
    #expect((steps - steps.rounded()).abs().max().item < 1e-6)
    #expect(result.success.contains(true))
    let wrong = Target.isCorrect(try target.logits(result.adversarial), levels.labels).not()
    #expect(wrong.values(as: Bool.self) == result.success)
  }
}
