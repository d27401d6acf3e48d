import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Sharpness-aware minimisation")
struct SharpnessAwareTests {
  private let matrix: [[Double]] = [
    [3, 1, 0, 0.5], [1, 2, -0.5, 0], [0, -0.5, 1, 0.25], [0.5, 0, 0.25, 0.75],
  ]
  private let start = [1.0, -2, 0.5, 3]

  private func times(_ vector: [Double]) -> [Double] {
    matrix.map { row in zip(row, vector).map(*).reduce(0, +) }
  }

  private func length(_ vector: [Double]) -> Double {
    vector.map { $0 * $0 }.reduce(0, +).squareRoot()
  }

  /// ½ wᵀ A w, whose gradient is A w.
  private var quadratic: Objective {
    let matrix = Tensor(matrix.flatMap { $0 }, shape: [4, 4])
    return Objective {
      WeightTerm { weights in (weights.weight * matrix.matmul(weights.weight)).sum() * 0.5 }
    }
  }

  @Test("twenty steps on a quadratic are those of the closed form", arguments: [false, true])
  func quadratic(_ isAdaptive: Bool) throws {
    let (rate, radius, offset) = (0.05, 0.3, 0.01)
    let model = Weights(start)
    let other = model.other.detached().copy()
    _ = try ToyRun.end(model, steps: 20, objective: quadratic) {
      $0.optimiser = OptimiserSettings(rule: .sgd)
      $0.learningRate = LearningRate(rate)
      $0.sharpness = SharpnessAware(radius: radius, isAdaptive: isAdaptive, offset: offset)
    }
    var expected = start
    for _ in 0..<20 {
      let gradient = times(expected)
      let scale = expected.map { isAdaptive ? abs($0) + offset : 1 }
      let scaled = zip(scale, gradient).map(*)
      let ascended = expected.indices.map {
        expected[$0] + radius * scale[$0] * scaled[$0] / length(scaled)
      }
      expected = zip(expected, times(ascended)).map { $0 - rate * $1 }
    }
    for (mine, theirs) in zip(model.weight.values(as: Double.self), expected) {
      #expect(abs(mine - theirs) < 1e-12)
    }
    // A weight that the loss does not depend on is not touched.
    #expect(model.other.isIdentical(to: other))
  }

  @Test("a weight decay of the optimiser acts at the weights, a penalty in the loss at both places")
  func decay() throws {
    let (rate, radius, decay) = (0.05, 0.3, 0.1)
    let model = Weights(start, other: [])
    _ = try ToyRun.end(model, steps: 1, objective: quadratic) {
      $0.optimiser = OptimiserSettings(rule: .sgd, weightDecay: decay)
      $0.learningRate = LearningRate(rate)
      $0.sharpness = SharpnessAware(radius: radius)
    }
    let gradient = times(start)
    let ascended = zip(start, gradient).map { $0 + radius * $1 / length(gradient) }
    let slopes = times(ascended)
    for (index, mine) in model.weight.values(as: Double.self).enumerated() {
      let theirs = start[index] - rate * (slopes[index] + decay * start[index])
      #expect(abs(mine - theirs) < 1e-12)
    }

    let penalised = Weights(start, other: [])
    let penalty = try Objective(quadratic.terms + [WeightPenalty().weighted(decay)])
    _ = try ToyRun.end(penalised, steps: 1, objective: penalty) {
      $0.optimiser = OptimiserSettings(rule: .sgd)
      $0.learningRate = LearningRate(rate)
      $0.sharpness = SharpnessAware(radius: radius)
    }
    let whole = zip(times(start), start).map { $0 + decay * $1 }
    let moved = zip(start, whole).map { $0 + radius * $1 / length(whole) }
    for (index, mine) in penalised.weight.values(as: Double.self).enumerated() {
      let theirs = start[index] - rate * (times(moved)[index] + decay * moved[index])
      #expect(abs(mine - theirs) < 1e-12)
    }
  }

  @Test("a weight that has a gradient in the second pass only moves by that gradient")
  func secondPassOnly() throws {
    let model = Weights([0.9], other: [2])
    let objective = Objective {
      WeightTerm { ($0.weight.squared() * 0.5 + $0.other * ($0.weight - 1).relu()).sum() }
    }
    _ = try ToyRun.end(model, steps: 1, objective: objective) {
      $0.optimiser = OptimiserSettings(rule: .sgd)
      $0.learningRate = LearningRate(0.1)
      $0.sharpness = SharpnessAware(radius: 0.3)
    }
    // At 0.9 only the square counts, so the ascent ends at 1.2; there the slope is 1.2 + 2.
    #expect(abs(model.weight.item - (0.9 - 0.1 * 3.2)) < 1e-12)
    #expect(abs(model.other.item - (2 - 0.1 * 0.2)) < 1e-12)
  }

  @Test(
    "a radius of 0 gives the bits of the plain optimiser, batch normalisation and dropout included",
    arguments: [false, true])
  func radiusZero(_ isAdaptive: Bool) throws {
    // Terms that draw something draw it again in the second pass.
    let virtual = try VirtualAdversarial(radius: 1)
    let objective = Objective {
      CrossEntropy()
      virtual
    }
    let plain = try ToyRun.end(ToyRun.network(), objective: objective)
    let zero = try ToyRun.end(ToyRun.network(), objective: objective) {
      $0.sharpness = SharpnessAware(radius: 0, isAdaptive: isAdaptive)
    }
    let positive = try ToyRun.end(ToyRun.network(), objective: objective) {
      $0.sharpness = SharpnessAware(radius: 0.05, isAdaptive: isAdaptive)
    }
    #expect(areIdentical(plain, zero))
    #expect(!areIdentical(plain, positive))
  }

  @Test("running statistics move once a step, by the pass at the weights themselves")
  func statistics() throws {
    let plain = try ToyRun.end(ToyRun.network(), steps: 1)
    let sharp = try ToyRun.end(ToyRun.network(), steps: 1) {
      $0.sharpness = SharpnessAware(radius: 0.5)
    }
    for name in ["1.running_mean", "1.running_var", "1.num_batches_tracked"] {
      let (left, right) = (try #require(plain[name]), try #require(sharp[name]))
      #expect(left.isIdentical(to: right), "\(name)")
    }
  }

  /// Notes which logits are zero, in every pass.
  private final class Witness: Term {
    let name = "witness"
    let isBoundedBelowByZero = false
    var patterns: [[Bool]] = []
    var values: [[Float]] = []

    func value(in step: StepContext) -> Tensor {
      let logits = step.logits
      patterns.append(logits.detached().equal(to: 0.0).flattened().values(as: Bool.self))
      values.append(logits.detached().flattened().values(as: Float.self))
      return (logits * logits).mean()
    }
  }

  @Test("both passes of a step drop the same units, and steps drop different ones")
  func masks() throws {
    let witness = Witness()
    let generator = Generator(seed: 2, purpose: "weights")
    let model = Sequential {
      Linear(6, 2, using: generator)
      Dropout(0.5)
    }
    _ = try ToyRun.end(model, steps: 2, objective: Objective { witness }) {
      $0.sharpness = SharpnessAware(radius: 0.1)
    }
    try #require(witness.patterns.count == 4)
    #expect(witness.patterns[0].contains(true) && witness.patterns[0].contains(false))
    #expect(witness.patterns[0] == witness.patterns[1])
    #expect(witness.patterns[2] == witness.patterns[3])
    #expect(witness.patterns[0] != witness.patterns[2])
    #expect(witness.values[0] != witness.values[1])
  }

  private struct Refused: Error {}

  /// Throws in the second pass of a step.
  private final class Refusing: Term {
    let name = "refusing"
    let isBoundedBelowByZero = false
    let step: Int
    var calls = 0

    init(at step: Int) { self.step = step }

    func value(in context: StepContext) throws -> Tensor {
      if context.step == step {
        calls += 1
        if calls == 2 { throw Refused() }
      }
      return context.logits.crossEntropy(context.batch.labels)
    }
  }

  @Test("weights are back, to the last bit, when a term throws in the second pass")
  func restored() throws {
    let model = ToyRun.network()
    let run = try ToyRun()
    defer { run.remove() }
    var last = model.state()
    let trainer = try run.trainer(model, objective: Objective { Refusing(at: 3) }) {
      $0.sharpness = SharpnessAware(radius: 0.5)
    }
    #expect(throws: Refused.self) {
      _ = try trainer.run { _ in last = model.state().mapValues { $0.copy() } }
    }
    for (name, parameter) in model.namedParameters {
      #expect(last[name]?.isIdentical(to: parameter.value.detached()) == true, "\(name)")
      #expect(parameter.value.requiresGradient)
    }
  }

  @Test("an infinite gradient in the second pass stops the run with the weights as they were")
  func notFinite() throws {
    let run = try ToyRun()
    defer { run.remove() }
    // √(1 - w) has the slope -∞ at 1 only, where the ascent of ½ w² from 0.5 ends.
    let start = Weights([0.5], other: [2])
    let objective = Objective {
      WeightTerm { $0.weight.squared().sum() * 0.5 + (-$0.weight + 1).sqrt().sum() * 0 }
    }
    let trainer = try run.trainer(start, objective: objective) {
      $0.sharpness = SharpnessAware(radius: 0.5)
    }
    #expect(throws: TrainingError.self) { _ = try trainer.run() }
    #expect(start.weight.item == 0.5)
  }

  @Test("ASAM is blind to scaling one layer up and the next one down; SAM is not")
  func scaleInvariance() {
    let generator = Generator(seed: 3, purpose: "weights")
    let inputs = Tensor.normal([20, 5], dtype: .float64, using: generator)
    let labels = Tensor((0..<20).map { $0 % 3 })
    let first = Tensor.normal([4, 5], dtype: .float64, using: generator)
    let second = Tensor.normal([3, 4], dtype: .float64, using: generator)

    func rise(_ rule: SharpnessAware, scale: Double) -> Double {
      let weights = [
        Parameter(wrappedValue: first * scale), Parameter(wrappedValue: second / scale),
      ]
      func loss() -> Tensor {
        inputs.linear(weights[0].value).linear(weights[1].value).crossEntropy(labels)
      }
      let before = loss()
      let ascended = rule.ascended(
        weights, gradients: gradients(of: before, withRespectTo: weights.map(\.value)))
      return weights.withValues(ascended) { loss().item } - before.item
    }
    let adaptive = SharpnessAware(radius: 0.2, isAdaptive: true, offset: 0)
    let plain = SharpnessAware(radius: 0.2)
    for scale in [0.1, 3, 20] {
      #expect(abs(rise(adaptive, scale: scale) - rise(adaptive, scale: 1)) < 1e-12)
      #expect(abs(rise(plain, scale: scale) - rise(plain, scale: 1)) > 1e-3)
    }
  }

  @Test("the radius is that of all weights together, also for gradients whose squares vanish")
  func lengths() {
    for size in [1e-25, 1, 1e25] {
      let weights = [
        Parameter(wrappedValue: Tensor([Float(1), 2])), Parameter(wrappedValue: Tensor([Float(3)])),
      ]
      let gradients = [Tensor([3 * Float(size), 0]), Tensor([4 * Float(size)])]
      let ascended = SharpnessAware(radius: 0.5).ascended(weights, gradients: gradients)
      let moved = ascended.flatMap { $0.detached().values(as: Float.self) }
      for (mine, theirs) in zip(moved, [Float(1.3), 2, 3.4]) { #expect(abs(mine - theirs) < 1e-6) }
    }
    // Nothing to climb: nothing moves.
    let weight = Parameter(wrappedValue: Tensor([Float(1)]))
    let still = SharpnessAware(radius: 0.5).ascended([weight], gradients: [.zeros([1])])
    #expect(still[0].detached().isIdentical(to: weight.value.detached()))
  }

  @Test("settings out of range are refused")
  func settings() throws {
    for rule in [
      SharpnessAware(radius: -0.1), SharpnessAware(radius: .nan), SharpnessAware(radius: .infinity),
      SharpnessAware(isAdaptive: true, offset: -1),
    ] {
      #expect(throws: TrainingError.self) {
        try ToyRun.end(ToyRun.network()) { $0.sharpness = rule }
      }
    }
  }
}
