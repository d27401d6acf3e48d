import Networks
import Perturbations
import Testing
import Torch

/// For a mean of vectors and a linear layer, what words do to the margin is a sum over words, so the
/// best exchanges can be found by trying them all.
@Suite("Attacks on words")
struct HotFlipTests {
  private let model = BagOfWords(words: 30, size: 6)
  private let lengths = [1, 2, 3, 5, 8, 8, 7, 4]

  private var target: Target { Target(FrozenNetwork(model, inputShape: [8], classCount: 2)) }

  private func texts() -> [[Int]] {
    lengths.enumerated().map { row, length in
      var stream = RandomStream(seed: 3, purpose: "texts", index: UInt64(row))
      return (0..<length).map { _ in Int.random(in: 1..<30, using: &stream) }
    }
  }

  private func batch(_ rows: [[Int]], width: Int = 8) -> Batch {
    let tokens = rows.flatMap { $0 + Array(repeating: 0, count: width - $0.count) }
    let scores = model.scores
    let labels = rows.map { row in row.reduce(0) { $0 + scores[$1] } > 0 ? 1 : 0 }
    return Batch(
      inputs: Tensor(tokens, shape: [rows.count, width]), labels: Tensor(labels),
      indices: Array(rows.indices))
  }

  /// The margin after the best exchanges of up to `flips` words of a text.
  private func bestMargin(_ text: [Int], flips: Int) -> Double {
    let scores = model.scores
    let sign: Double = text.reduce(0) { $0 + scores[$1] } > 0 ? 1 : -1
    let best = (2..<30).map { -sign * scores[$0] }.max() ?? 0
    let gains = text.map { best + sign * scores[$0] }.sorted(by: >).prefix(flips)
    let own = text.reduce(0) { $0 + scores[$1] } * sign
    return (own - gains.reduce(0, +)) / Double(text.count)
  }

  @Test("HotFlip makes the exchanges that trying all of them finds", arguments: [1, 2, 3])
  func bruteForce(_ flips: Int) throws {
    let rows = texts()
    let batch = batch(rows)
    // Off, so that the largest loss is looked for, not the first that is large enough.
    let attack = HotFlip(flips: flips)
    let result = try AttackEngine(chunkSize: 3).run(
      attack, on: target, batch, within: Ball(L2(), radius: 0), context: Context(workers: 2))
    for (row, text) in rows.enumerated() {
      let margins = (1...flips).map { bestMargin(text, flips: $0) }
      #expect(result.success[row] == (margins.min() ?? 1 < 0), "row \(row)")
      let tokens = result.adversarial[row].values(as: Int.self)
      #expect(tokens.dropFirst(text.count).allSatisfy { $0 == 0 })
      #expect(!tokens.prefix(text.count).contains(0))
      let changed = zip(tokens, text).filter { $0 != $1 }.map(\.0)
      #expect(changed.count <= flips && !changed.contains(1))
      if result.success[row] {
        #expect(result.distance[row] == Double(changed.count))
        #expect(margins[changed.count - 1] < 0)
        #expect(changed.count == 1 || margins[changed.count - 2] >= 0)
      } else {
        #expect(result.distance[row] == nil)
        let scores = model.scores
        let margin = abs(tokens.reduce(0) { $0 + ($1 == 0 ? 0 : scores[$1]) }) / Double(text.count)
        #expect(abs(margin - bestMargin(text, flips: min(flips, text.count))) < 1e-12)
      }
    }
    #expect(result.success.contains(true))
  }

  @Test("ascent in the space of vectors breaks what a perturbation of that length can break")
  func closedForm() throws {
    let rows = texts()
    let scores = model.scores
    for scope in EmbeddingGradient.Scope.allCases {
      for radius in [0.05, 0.2, 0.5, 1.0, 2.0] {
        let result = try AttackEngine(chunkSize: 3).run(
          EmbeddingGradient(steps: 20, scope: scope), on: target, batch(rows),
          within: Ball(L2(), radius: radius), context: Context(seed: 2, workers: 2))
        for (row, text) in rows.enumerated() {
          let count = Double(text.count)
          let margin = abs(text.reduce(0) { $0 + scores[$1] }) / count
          let gain = radius * model.length / (scope == .token ? 1 : count.squareRoot())
          if abs(margin - gain) > 1e-6 { #expect(result.success[row] == (gain > margin)) }
          if let distance = result.distance[row] { #expect(distance <= radius * (1 + 1e-12)) }
        }
        let moved = result.adversarial - model.embedding(of: batch(rows).inputs)
        let padding = moved * (1 - (model.mask(of: batch(rows).inputs) ?? moved))
        #expect(padding.abs().max().item == 0)
      }
    }
  }

  @Test("results do not depend on padding, chunks or workers")
  func invariance() throws {
    let rows = texts()
    let ball = try Ball(L2(), radius: 0.3)
    for attack: any Attack in [EmbeddingGradient(steps: 3), HotFlip(flips: 2)] {
      let one = try AttackEngine(chunkSize: 8).run(
        attack, on: target, batch(rows), within: ball, context: Context(seed: 1))
      let other = try AttackEngine(chunkSize: 3).run(
        attack, on: target, batch(rows, width: 13), within: ball,
        context: Context(seed: 1, workers: 3))
      #expect(one.success == other.success)
      #expect(
        (one.adversarial - other.adversarial.narrowed(to: 0..<8, along: 1)).abs().max().item
          < 1e-12)
    }
  }

  @Test("misuse is refused")
  func misuse() throws {
    let batch = batch(texts())
    let ball = try Ball(L2(), radius: 0.3)
    func run(_ attack: any Attack, _ target: Target) throws {
      _ = try AttackEngine().run(attack, on: target, batch, within: ball, context: Context())
    }
    let numbers = Target(classCount: 2) { $0 }
    for attack: any Attack in [HotFlip(), EmbeddingGradient()] {
      #expect(throws: PerturbationError.needsVectors(attack: attack.name)) {
        try run(attack, numbers)
      }
    }
    for attack: any Attack in [ProjectedGradient(), FastGradient(), UniformNoise()] {
      #expect(throws: PerturbationError.inputsDoNotMove) { try run(attack, target) }
    }
    for attack: any Attack in [
      HotFlip(flips: 0), HotFlip(candidates: 0), EmbeddingGradient(steps: 0),
    ] {
      #expect(throws: PerturbationError.self) { try run(attack, target) }
    }
  }
}
