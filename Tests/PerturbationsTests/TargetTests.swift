import Foundation
import Perturbations
import Testing
import Torch

/// Random models, query budgets, goals, and what a search remembers.
@Suite("Targets")
struct TargetTests {
  private let inputs = Tensor.uniform([12, 4], using: Generator(seed: 3, purpose: "inputs"))
  private let weights = Tensor.normal([4, 3], using: Generator(seed: 4, purpose: "weights"))

  private func linear(_ count: Int = 12) throws -> (target: Target, batch: Batch) {
    let weights = weights
    let target = Target(classCount: 3) { ($0 - 0.5).matmul(weights) }
    let labels = try target.logits(inputs).argmax(along: 1)
    let batch = Batch(inputs: inputs, labels: labels, indices: Array(0..<12))
    return (target, batch.selecting(Array(0..<count)))
  }

  @Test(
    "a query budget is kept to the last pass, whatever the attack", arguments: [1, 2, 3, 7, 20])
  func budget(_ budget: Int) throws {
    let (target, batch) = try linear()
    let ball = try Ball(L2(), radius: 0.02, box: 0...1)
    for attack in Attacks.ofNumbers where attack.about.norms.contains("l2") {
      let result = try QuickAttack.named(attack.name).run(
        on: target.limited(toQueries: budget), batch, within: ball, context: Context())
      #expect(result.queries.allSatisfy { $0 <= budget }, "\(attack.name) \(result.queries)")
      #expect(result.queries.allSatisfy { $0 >= 1 })
    }
  }

  @Test("a model that detaches its input has no slope, and no attack stumbles over it")
  func detached() throws {
    let (linear, batch) = try linear(4)
    let target = Target(classCount: 3) { try linear.logits($0.detached()) }
    let logits = try target.gradients(at: batch.inputs, of: { $0 }) { _, gradient in
      #expect(gradient.equal(to: 0).all)
    }
    #expect(logits.shape == [4, 3])
    for attack in Attacks.ofNumbers {
      let norms: [any Norm] = [L2(), LInf(), L0()]
      guard let norm = norms.first(where: { attack.about.norms.contains($0.name) }) else {
        continue
      }
      let ball = try Ball(norm, radius: norm is L0 ? 1 : 0.02, box: 0...1)
      let result = try QuickAttack.named(attack.name).run(
        on: target, batch, within: ball, context: Context())
      #expect(result.count == 4, "\(attack.name)")
    }
  }

  @Test("the mean of several answers of a random model, and of its gradients")
  func averaged() throws {
    let calls = Calls()
    let target = Target(classCount: 2) { inputs in
      // Answers alternate between 1 and 3 times the input.
      inputs * (calls.next() % 2 == 0 ? 1.0 : 3.0)
    }
    let point = Tensor([0.5, -0.5] as [Float], shape: [1, 2])
    let mean = try target.averaged(over: 2).logits(point).softmax(along: 1).values(as: Double.self)
    let expected = (1 / (1 + exp(-1.0)) + 1 / (1 + exp(-3.0))) / 2
    #expect(abs(mean[0] - expected) < 1e-6)
    let found = try target.averaged(over: 4).gradient(at: point) { $0.sum(along: 1) }
    #expect(found.gradient.values(as: Double.self) == [2, 2])
    let batch = Batch(inputs: point, labels: Tensor([0]), indices: [0])
    let result = try ProjectedGradient(steps: 3, stopsEarly: false).run(
      on: target.averaged(over: 4), batch, within: Ball(LInf(), radius: 0.1), context: Context())
    #expect(result.queries == [4 * 5] && result.gradients == [4 * 3])
    #expect(throws: PerturbationError.self) { try target.averaged(over: 0) }
    #expect(throws: PerturbationError.self) { try target.limited(toQueries: 0) }
  }

  /// Counts calls, from one thread.
  private final class Calls: @unchecked Sendable {
    private var count = 0
    func next() -> Int {
      defer { count += 1 }
      return count
    }
  }

  @Test("a class for every example, and none for one of them")
  func classes() throws {
    let (target, batch) = try linear(3)
    let labels = batch.labels.values(as: Int.self)
    let wanted = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($0, ($1 + 1) % 3) })
    let ball = try Ball(L2(), radius: 50)
    let result = try ProjectedGradient(loss: .margin, goal: .classes(wanted)).run(
      on: target, batch, within: ball, context: Context())
    let reached = try target.logits(result.adversarial).argmax(along: 1).values(as: Int.self)
    for row in 0..<3 where result.success[row] { #expect(reached[row] == wanted[row]) }
    #expect(result.success.contains(true))
    #expect(throws: PerturbationError.noTarget(example: 2)) {
      try ProjectedGradient(goal: .classes([0: 1, 1: 1])).run(
        on: target, batch, within: ball, context: Context())
    }
    for text in ["untargeted", "3", "offset:2", "least-likely", "runner-up"] {
      #expect(Goal(text: text)?.text == text)
    }
    #expect(Goal(text: "offset") == nil && Goal(text: "worst") == nil)
  }

  @Test("settings are read, checked and reported by name")
  func options() throws {
    let attack = try ProjectedGradient().setting("steps", to: "7").setting("loss", to: "dlr")
    #expect(attack.steps == 7 && attack.loss.name == "dlr")
    #expect(attack.settings.first { $0.name == "steps" }?.value == "7")
    for (option, value) in [("steps", "0"), ("steps", "x"), ("loss", "hinge"), ("goal", "worst")] {
      #expect(throws: PerturbationError.self) { try attack.setting(option, to: value) }
    }
    #expect(
      throws: PerturbationError.unknownOption(
        attack: "fgm", option: "steps", known: ["loss", "goal"])
    ) { try FastGradient().setting("steps", to: "7") }
    for attack in Attacks.all {
      #expect(Set(attack.optionNames).count == attack.optionNames.count)
      for (name, value) in attack.settings {
        // What a setting says of itself it also reads, unless it stands for a rule.
        #expect((try? attack.setting(name, to: value)) != nil || value.contains(" "))
      }
    }
  }

  @Test("the ratio of differences of logits by hand, for two, three and more classes")
  func ratio() throws {
    let loss = AttackLoss.differenceOfLogitsRatio
    func value(_ logits: [Double], target: Int? = nil) -> Double {
      loss(
        Tensor(logits, shape: [1, logits.count]), labels: Tensor([0]),
        targets: target.map { Tensor([$0]) }
      ).item
    }
    #expect(abs(value([5, 3, 2, 1]) - (3 - 5) / (5 - 2)) < 1e-9)
    #expect(abs(value([5, 3, 2, 1], target: 2) - (2 - 5) / (5 - (2 + 1) / 2)) < 1e-9)
    #expect(abs(value([2, 5, 3], target: 1) - (5 - 2) / (5 - 2)) < 1e-9)
    #expect(abs(value([2, 5]) - 3) < 1e-9 && abs(value([2, 5], target: 1) - 3) < 1e-9)
    // Neither shift nor scale of the logits changes it.
    #expect(abs(value([5, 3, 2, 1]) - value([57, 37, 27, 17])) < 1e-9)
  }

  @Test("an evaluation that was cut off goes on from its journal, and another's is refused")
  func journal() throws {
    let (target, batch) = try linear()
    let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let ball = try Ball(L2(), radius: 0.1, box: 0...1)
    let engine = AttackEngine(chunkSize: 4)
    let whole = try engine.run(
      ProjectedGradient(), on: target, batch, within: ball, context: Context(seed: 1))
    // The model fails for good when it is asked about the last chunk.
    let last = batch.inputs[8].copy()
    let dying = Target(classCount: 3) { inputs in
      guard (inputs[0] - last).abs().max().item > 0 else { throw PerturbationError.domain }
      return try target.logits(inputs)
    }
    #expect(throws: PerturbationError.domain) {
      try engine.run(
        ProjectedGradient(), on: dying, batch, within: ball, context: Context(seed: 1),
        journal: AttackJournal(folder: folder, fingerprint: "a"))
    }
    // What is finished is not asked about again.
    let rest = Target(classCount: 3) { inputs in
      guard (inputs[0] - last).abs().max().item < 0.2 else { throw PerturbationError.scale }
      return try target.logits(inputs)
    }
    let resumed = try engine.run(
      ProjectedGradient(), on: rest, batch, within: ball, context: Context(seed: 1),
      journal: AttackJournal(folder: folder, fingerprint: "a"))
    #expect(resumed.adversarial.isIdentical(to: whole.adversarial))
    #expect(resumed.success == whole.success && resumed.distance == whole.distance)
    #expect(resumed.queries == whole.queries && resumed.brokenBy == whole.brokenBy)
    #expect(throws: PerturbationError.journal(folder: folder.path)) {
      try AttackJournal(folder: folder, fingerprint: "b")
    }
  }
}
