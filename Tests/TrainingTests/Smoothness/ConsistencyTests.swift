import Foundation
import Networks
import Perturbations
import Testing
import Torch

@testable import Training

/// Rows C2 to C4, and F1: the consistency family and first-order training.
@Suite("Consistency")
struct ConsistencyTests {
  static let names = [
    "virtual-adversarial", "noise-consistency", "pi-model", "temporal-ensembling", "mean-teacher",
    "pseudo-labels", "fixmatch", "entropy", "gradient-penalty", "trades", "mart",
    "input-gradient-penalty", "mixup-cross-entropy", "label-noise-cross-entropy",
    "noise-cross-entropy", "fgm-cross-entropy", "pgd-cross-entropy", "spectral-penalty",
    "fast-cross-entropy", "free-cross-entropy", "absolute-penalty", "weight-penalty",
    "cross-entropy", "class-balance",
  ]

  @Test("every term is positive on random data, and moves the weights", arguments: names)
  func isAlive(name: String) throws {
    let (value, slopes) = try Laboratory.value(ofTerm: name)
    #expect(value.item > 0)
    #expect(GradientClipping.norm(of: slopes) > 0)
    #expect(slopes.allSatisfy { $0.isFinite.all })
  }

  @Test func everyTermIsTested() {
    // Terms for labels, for embeddings, of optimal transport and of privacy have tests of their own.
    let others = [
      "laplacian-penalty", "bernoulli-cross-entropy", "kr", "hinge", "hkr", "soft-hkr", "lse-hkr",
      "learnable-margin-hkr", "temperature-cross-entropy", "categorical-hinge",
      "lip-cross-entropy", "arcface", "cosface", "bilateral-dependency", "information-bottleneck",
    ]
    #expect(Set(Self.names).union(others) == Set(TermRegistry.names))
  }

  @Test("class balance is the divergence of the mean prediction from saying every class equally")
  func classBalance() {
    // A network that hands its inputs through, so that these are the logits.
    let model = Laboratory.network([3, 3])
    model.parameters[0].replace(with: Tensor.identity(3).to(.float64))
    model.parameters[1].replace(with: Tensor.zeros([3]).to(.float64))
    func value(_ predictions: [[Double]]) -> Double {
      let logits = Tensor(predictions.flatMap { $0.map(log) }, shape: [predictions.count, 3])
      return ClassBalance().value(in: Laboratory.step(model, logits, classes: 3)).item
    }
    // However sure of itself, a network that says all classes equally often is balanced.
    let sure = [[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98]]
    #expect(abs(value(sure)) < 1e-12)
    let uneven = [[0.7, 0.2, 0.1], [0.5, 0.2, 0.3]]
    let expected = log(3) + 0.6 * log(0.6) + 2 * 0.2 * log(0.2)
    #expect(abs(value(uneven) - expected) < 1e-12)
    #expect(abs(value([[1, 1e-300, 1e-300]]) - log(3)) < 1e-12)
  }

  @Test("the targets of temporal ensembling are unbiased, also after a checkpoint")
  func temporalEnsembling() throws {
    let model = Laboratory.network([6, 4])
    let inputs = Laboratory.normal([5, 6])
    var term = TemporalEnsembling(momentum: 0.6)
    let expected = model(inputs).softmax(along: 1)
    for number in 0..<6 {
      let step = Laboratory.step(model, inputs, classes: 4, at: number, firstIndex: 3)
      let value = try term.value(in: step)
      #expect(value.item < 1e-25)
      term.didUpdate(after: step)
      let state = term.state
      term = TemporalEnsembling(momentum: 0.6)
      term.state = state
      let target = try #require(term.target([3, 4, 5, 6, 7], like: expected))
      #expect(Laboratory.largestDifference(target.values, expected) < 1e-12)
    }
    let target = try #require(term.target([0, 3], like: expected))
    #expect(target.isKnown.values(as: Double.self) == [0, 1])
  }

  @Test("the mean teacher is the plain mean of the first weights, and has no gradient")
  func meanTeacher() throws {
    let model = Laboratory.network([3, 2])
    let term = MeanTeacher(decay: 0.999)
    let inputs = Laboratory.normal([4, 3])
    var seen = [model.parameters[0].value.detached().copy()]
    _ = try term.value(in: Laboratory.step(model, inputs, classes: 2))
    for number in 1..<10 {
      let next = seen[0] * (1 + 0.1 * Double(number))
      model.parameters[0].replace(with: next)
      seen.append(next)
      term.didUpdate(after: Laboratory.step(model, inputs, classes: 2, at: number))
      let mean = seen.dropFirst().reduce(seen[0]) { $0 + $1 } / Double(seen.count)
      let average = try #require(term.state["average.0"])
      #expect(Laboratory.largestDifference(average, mean) < 1e-12)
    }
  }

  @Test("the Pi-model of a linear network with dropout is twice the variance of its output")
  func piModel() throws {
    let model = Sequential {
      Dropout(0.4)
      Linear(3, 1, hasBias: false, using: Generator(seed: 1, purpose: "test"))
    }
    let weight = model.parameters[0]
    weight.replace(with: Tensor([0.5, -1, 2], shape: [1, 3]).to(.float64))
    let row = Tensor([1.0, 2, -1], shape: [1, 3])
    // Both passes as the term makes them, on the one output, which is twice the second logit.
    let squares = (0..<20_000).map { number -> Double in
      let step = Laboratory.step(model, row, classes: 1, at: number)
      let first = step.noisyLogits(step.view, noise: 0, purpose: "pi.first")
      let second = step.noisyLogits(step.view, noise: 0, purpose: "pi.second")
      return ((first - second).select(1, along: 1) * 2).squared().sum().item
    }
    let variance = 0.4 / 0.6 * (0.25 + 4 + 4)
    let mean = squares.reduce(0, +) / Double(squares.count)
    #expect(abs(mean / (2 * variance) - 1) < 0.05)
  }

  @Test("the ramp begins at e⁻⁵ of its value and ends at it")
  func ramps() {
    let ramp = Schedule.exponential(to: 2, over: 0.5)
    #expect(abs(ramp.value(at: 0, of: 100) - 2 * exp(-5)) < 1e-15)
    #expect(ramp.value(at: 50, of: 100) == 2)
    #expect(ramp.value(at: 99, of: 100) == 2)
    // At a length of 50 epochs, as in the paper's code: exp(-(e / 2)² / 50) after e of them.
    let rate = LearningRate(1, shape: .rampdown, over: 0.5)
    for epoch in 0..<50 {
      let half = Double(epoch) / 2
      #expect(abs(rate.rate(at: 50 + epoch, of: 100) - exp(-half * half / 50)) < 1e-15)
    }
    #expect(rate.rate(at: 20, of: 100) == 1)
  }

  @Test("what a fast gradient step gains is the length of the gradient, then half the curvature")
  func fastGradient() throws {
    let model = Laboratory.network([6, 8, 4])
    let row = Laboratory.normal([1, 6], seed: 2)
    let loss = { (x: Tensor) in model(x).crossEntropy(Tensor([1])) }
    let (value, slope) = valueAndGradient(at: row, of: loss)
    let unit = L2().steepest(slope)
    let length = L2().length(of: slope).item
    let hessian = Laboratory.hessian(at: row, loss)
    let curvature = unit[0].dot(hessian.matmul(unit[0])).item
    func rest(_ radius: Double) -> Double {
      loss(row + unit * radius).item - value.item - radius * length
    }
    #expect(abs(rest(1e-3) / rest(5e-4) - 4) < 0.02)
    #expect(abs(rest(1e-4) / 1e-8 - curvature / 2) < 1e-3 * max(1, abs(curvature)))
    // The cross-entropy of a linear model with two classes is not linear, but a logit is.
    let linear = Laboratory.network([6, 4])
    let logit = { (x: Tensor) in linear(x).select(0, along: 1).sum() }
    let gradient = valueAndGradient(at: row, of: logit).gradient
    let gain = logit(row + L2().steepest(gradient) * 0.3).item - logit(row).item
    #expect(abs(gain - 0.3 * L2().length(of: gradient).item) < 1e-12)
  }

  @Test("the guard of fast training stops a run that collapses, and brings back good weights")
  func fastGuard() throws {
    let model = Laboratory.network([6, 4])
    let inputs = Laboratory.normal([40, 6])
    let labels = model(inputs).argmax(along: 1)
    func step(_ number: Int) -> StepContext {
      StepContext(
        model: model, batch: Batch(inputs: inputs, labels: labels, indices: Array(0..<40)),
        step: number, totalSteps: 10, context: Context(seed: 3))
    }
    let term = FastCrossEntropy(norm: L2(), radius: 1e-3, guardEvery: 1)
    let good = model.parameters[0].value.detached().copy()
    try term.didUpdate(after: step(0))
    #expect(!term.isFinished)
    model.parameters[0].replace(with: good * -1)
    let resumed = FastCrossEntropy(norm: L2(), radius: 1e-3, guardEvery: 1)
    resumed.state = term.state
    try resumed.didUpdate(after: step(1))
    #expect(resumed.isFinished)
    #expect(Laboratory.largestDifference(model.parameters[0].value, good) == 0)
    let again = FastCrossEntropy(radius: 1e-3)
    again.state = resumed.state
    #expect(again.isFinished)
  }

  @Test("free training climbs from step to step and stays in the ball")
  func free() throws {
    let model = Laboratory.network([6, 4])
    let inputs = Laboratory.normal([5, 6])
    let term = FreeCrossEntropy(radius: 0.1, stepSize: 0.04)
    var losses: [Double] = []
    for number in 0..<6 {
      let step = Laboratory.step(model, inputs, classes: 4, at: number)
      losses.append(try term.value(in: step).item)
      try term.didUpdate(after: step)
      let moved = try #require(term.state["perturbation"])
      #expect(moved.abs().max().item <= 0.1 + 1e-12)
    }
    #expect(zip(losses, losses.dropFirst().prefix(3)).allSatisfy { $0 < $1 })
    #expect(losses[4] >= losses[3] - 1e-9)
  }

  @Test("cutout leaves pixels or blackens them, and depends on its example alone")
  func cutout() {
    let images = Laboratory.normal([3, 2, 8, 8]).abs() + 1
    let context = Context(seed: 1)
    let cut = Cutout(side: 4).apply(to: images, streams: context.streams("c", examples: [0, 1, 2]))
    let alone = Cutout(side: 4).apply(
      to: images[1].unsqueezed(0), streams: context.streams("c", examples: [1]))
    #expect(Laboratory.largestDifference(cut[1], alone[0]) == 0)
    for index in 0..<3 {
      let isBlack = cut[index].equal(to: 0).to(.float64).sum(along: 1, 2).values(as: Double.self)
      #expect(isBlack[0] == isBlack[1] && isBlack[0] >= 4 && isBlack[0] <= 16)
    }
  }
}
