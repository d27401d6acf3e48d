import Foundation
import Networks
import Perturbations
import Testing
import Torch

/// What holds for attacks that are made of others.
@Suite("Ensembles")
struct EnsembleTests {
  private let network = MLP(
    widths: [6, 16, 4], using: Generator(seed: 8, purpose: "weights"))

  private func target(_ classCount: Int = 4) -> Target {
    let frozen = FrozenNetwork(network, inputShape: [6], classCount: 4)
    return Target(classCount: classCount) {
      try frozen.logits($0).narrowed(to: 0..<classCount, along: 1)
    }
  }

  private func batch(_ count: Int, on target: Target) throws -> Batch {
    let inputs = Tensor.uniform([count, 6], using: Generator(seed: 9, purpose: "inputs"))
    let labels = try target.logits(inputs).argmax(along: 1)
    return Batch(inputs: inputs, labels: labels, indices: Array(0..<count))
  }

  @Test("an ensemble breaks what any of its attacks breaks, and says which did")
  func worstCase() throws {
    let target = target()
    let batch = try batch(30, on: target)
    let ball = try Ball(LInf(), radius: 0.12, box: 0...1)
    let engine = AttackEngine(chunkSize: 7)
    let whole = try engine.run(
      FastEnsemble(steps: 10, queries: 50), on: target, batch, within: ball, context: Context())
    let parts: [(String, any Attack)] = [
      ("apgd-ce", AutoProjectedGradient(steps: 10)),
      ("apgd-dlr", AutoProjectedGradient(steps: 10, loss: .differenceOfLogitsRatio)),
      ("square", Square(queries: 50)),
    ]
    var standing = Array(repeating: true, count: 30)
    for (name, attack) in parts {
      let part = try engine.run(attack, on: target, batch, within: ball, context: Context())
      for row in 0..<30 where part.success[row] {
        #expect(whole.success[row])
        // The first that breaks an example is named.
        if standing[row] { #expect(whole.brokenBy[row] == name) }
        standing[row] = false
      }
    }
    #expect(whole.success == standing.map(!))
    #expect(whole.success.contains(true) && whole.success.contains(false))
    let isWrong = Target.isCorrect(try target.logits(whole.adversarial), batch.labels).not()
    #expect(whole.success == isWrong.values(as: Bool.self))
  }

  @Test(
    "two, three and four classes; misclassified clean examples; nothing at all", arguments: 2...4)
  func fewClasses(_ classCount: Int) throws {
    let target = target(classCount)
    let batch = try batch(8, on: target)
    let wrong = Batch(
      inputs: batch.inputs, labels: (batch.labels + 1).remainder(Double(classCount)).to(.int64),
      indices: batch.indices)
    let ball = try Ball(L2(), radius: 3, box: 0...1)
    let all = try AttackEngine().run(
      AutoAttack(), on: target, batch, within: ball, context: Context())
    #expect(all.success.contains(true))
    let clean = try AttackEngine().run(
      AutoAttack(), on: target, wrong, within: ball, context: Context())
    #expect(clean.brokenBy == Array(repeating: "clean", count: 8))
    #expect(clean.distance == Array(repeating: 0, count: 8))
    #expect(clean.queries == Array(repeating: 1, count: 8))
    let none = try AttackEngine().run(
      AutoAttack(), on: target, batch.selecting([]), within: ball, context: Context())
    #expect(none.count == 0 && none.robustAccuracy.isNaN)
  }

  @Test("clean inputs are asked about once, every pass is counted, and a budget is for all attacks")
  func passes() throws {
    let target = target()
    let batch = try batch(20, on: target)
    let ball = try Ball(LInf(), radius: 0.1, box: 0...1)
    let asked = Counter()
    func run(_ attack: any Attack, _ target: Target) throws -> AttackResult {
      try AttackEngine(chunkSize: 6).run(
        attack, on: target, batch, within: ball, context: Context(seed: 2))
    }
    let attacks: [any Attack] = [FastEnsemble(steps: 6, queries: 30), AutoAttack(version: .rand)]
    for attack in attacks {
      let before = asked.count
      let result = try run(attack, target.counted(by: asked))
      #expect(result.queries.reduce(0, +) == asked.count - before, "\(attack.name)")
    }
    let free = try run(attacks[0], target)
    // 1 clean, 7 of each ascent, 30 of Square less its clean one.
    #expect(free.queries.max() == 1 + 7 + 7 + 29)
    for budget in [1, 5, 12, 20] {
      let before = asked.count
      let limited = try run(attacks[0], target.counted(by: asked).limited(toQueries: budget))
      #expect(limited.queries.allSatisfy { $0 <= budget })
      #expect(limited.queries.reduce(0, +) == asked.count - before)
    }
  }

  @Test("workers, chunk size and a kill in the middle change nothing")
  func resumed() throws {
    let target = target()
    let batch = try batch(24, on: target)
    let ball = try Ball(LInf(), radius: 0.1, box: 0...1)
    let attack = FastEnsemble(steps: 8, queries: 40)
    let one = try AttackEngine(chunkSize: 24).run(
      attack, on: target, batch, within: ball, context: Context(seed: 5, workers: 1))
    let folder = FileManager.default.temporaryDirectory.appending(path: "ensemble-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let engine = AttackEngine(chunkSize: 5)
    let calls = Countdown(from: 60)
    let dying = Target(classCount: 4) { inputs in
      guard calls.next() else { throw PerturbationError.domain }
      return try target.logits(inputs)
    }
    #expect(throws: PerturbationError.domain) {
      try engine.run(
        attack, on: dying, batch, within: ball, context: Context(seed: 5, workers: 2),
        journal: AttackJournal(folder: folder, fingerprint: "x"))
    }
    let resumed = try engine.run(
      attack, on: target, batch, within: ball, context: Context(seed: 5, workers: 3),
      journal: AttackJournal(folder: folder, fingerprint: "x"))
    #expect(resumed.success == one.success && resumed.brokenBy == one.brokenBy)
    #expect(resumed.queries == one.queries && resumed.gradients == one.gradients)
    #expect((resumed.adversarial - one.adversarial).abs().max().item < 1e-5)
  }

  /// Runs out once, whatever the thread.
  private final class Countdown: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int

    init(from count: Int) { left = count }

    func next() -> Bool {
      lock.withLock {
        left -= 1
        return left >= 0
      }
    }
  }
}
