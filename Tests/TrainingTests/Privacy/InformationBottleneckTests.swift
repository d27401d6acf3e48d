import Datasets
import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("Information bottleneck")
struct InformationBottleneckTests {
  private func network(_ size: Int = 3, dtype: DType = .float64) throws -> Sequential {
    let body = Laboratory.network([5, 7, 4], dtype: dtype)
    let narrowed = try #require(
      body.withBottleneck(size, using: Generator(seed: 4, purpose: "bottleneck")))
    for parameter in narrowed.parameters {
      parameter.replace(with: parameter.value.detached().to(dtype))
    }
    return narrowed
  }

  @Test("its divergence is -½ Σ (1 + 2 ln σ - μ² - σ²) with σ = softplus(s - 5), 0 for a normal z")
  func closedForm() {
    let layer = VariationalBottleneck(2)
    let (mean, s) = ([0.3, -1.2], [4.0, 7.5])
    let input = Tensor(mean + s, shape: [1, 4]).to(.float64)
    let expected = zip(mean, s).reduce(0.0) { sum, pair in
      let sigma = log1p(pow(M_E, pair.1 - 5))
      return sum - 0.5 * (1 + 2 * log(sigma) - pair.0 * pair.0 - sigma * sigma)
    }
    #expect(abs(layer.divergence(input).item - expected) < 1e-12)
    // softplus(s - 5) is 1 for s = 5 + ln(e - 1).
    let one = 5 + log(M_E - 1)
    let normal = Tensor([0, 0, one, one], shape: [1, 4]).to(.float64)
    #expect(abs(layer.divergence(normal).item) < 1e-12)
    // A deviation that float32 has no number for is no infinite divergence.
    let narrow = Tensor([0, 0, -300, -300], shape: [1, 4]).to(.float32)
    #expect(layer.divergence(narrow).isFinite.all)
  }

  @Test("training passes draw, evaluation answers with the mean, sampling draws by its seed")
  func passes() throws {
    let layer = VariationalBottleneck(2)
    let input = Tensor([1, -1, 5, 6], shape: [1, 4]).to(.float64).expanded([4000, 4])
    #expect(layer(input, .evaluation).isIdentical(to: layer.mean(input)))
    let first = layer(input, .sampling(seed: 1))
    #expect(first.isIdentical(to: layer(input, .sampling(seed: 1))))
    #expect(!first.isIdentical(to: layer(input, .sampling(seed: 2))))
    for drawn in [first, layer(input, .training(seed: 3))] {
      let (mean, deviation) = (drawn.mean(along: 0), drawn.standardDeviation(along: [0]))
      let sigma = layer.deviation(input)[0].values(as: Double.self)
      // Four standard errors of 4000 draws.
      let (means, deviations) = (mean.values(as: Double.self), deviation.values(as: Double.self))
      for (index, expected) in [1.0, -1.0].enumerated() {
        #expect(abs(means[index] - expected) < 4 * sigma[index] / 4000.0.squareRoot())
        #expect(abs(deviations[index] / sigma[index] - 1) < 4 / 8000.0.squareRoot())
      }
    }
  }

  @Test("a sampling pass is an evaluation of everything else: no dropout, running statistics")
  func samplingPass() {
    let model = Laboratory.network([5, 7, 4], dropout: 0.5, batchNorm: true)
    let inputs = Laboratory.normal([6, 5])
    let before = model.state()
    #expect(model(inputs, .sampling(seed: 1)).isIdentical(to: model(inputs)))
    #expect(areIdentical(before, model.state()))
  }

  @Test("the term is the mean of the divergences of the pass that the cross-entropy reads")
  func term() throws {
    let model = try network()
    let step = Laboratory.step(model, Laboratory.normal([6, 5]), classes: 4)
    let value = try InformationBottleneck().value(in: step).item
    let stages = model.flatStages
    let place = try #require(stages.firstIndex { $0 is VariationalBottleneck })
    let input = stages[..<place].reduce(step.batch.inputs) { $1($0, .evaluation) }
    let layer = try #require(stages[place] as? VariationalBottleneck)
    #expect(abs(value - layer.divergence(input).mean().item) < 1e-12)
    // The logits of the step are those of the same draw.
    let drawn = layer(input, step.pass(updatesStatistics: false))
    let logits = stages[(place + 1)...].reduce(drawn) { $1($0, .evaluation) }
    #expect((logits - step.logits).abs().max().item < 1e-12)
    // Whoever asks first, logits and activations are of one pass.
    let other = Laboratory.step(model, Laboratory.normal([6, 5]), classes: 4)
    let asked = other.logits
    #expect((asked - logits).abs().max().item < 1e-12)
    #expect((try #require(other.activations.last) - asked).abs().max().item < 1e-12)
  }

  @Test("a large weight closes the bottleneck: what z says of inputs goes to zero")
  func closes() throws {
    func end(_ weight: Double) throws -> (rate: Double, accuracy: Double) {
      let generator = Generator(seed: 3, purpose: "weights")
      let model = try #require(
        MLP(widths: [6, 16, 2], using: generator).withBottleneck(4, using: generator))
      let run = try ToyRun()
      defer { run.remove() }
      let trainer = try run.trainer(
        model, steps: 200,
        objective: Objective {
          CrossEntropy()
          InformationBottleneck().weighted(weight)
        }
      ) {
        $0.optimiser = OptimiserSettings(rule: .adam)
        $0.learningRate = LearningRate(0.01)
      }
      _ = try trainer.run()
      let step = Laboratory.step(model, try ToyRun.data().inputs, classes: 2)
      return (try InformationBottleneck().value(in: step).item, try trainer.evaluate())
    }
    let (open, closed) = (try end(1e-3), try end(10))
    #expect(open.rate > 1 && open.accuracy > 0.95, "\(open)")
    #expect(closed.rate < 0.1, "\(closed)")
  }

  @Test("networks without a bottleneck are refused with what to do")
  func refusals() throws {
    let step = Laboratory.step(Laboratory.network([5, 3]), Laboratory.normal([4, 5]), classes: 3)
    let error = try #require(throws: TrainingError.self) {
      try InformationBottleneck().value(in: step)
    }
    #expect(error.recoverySuggestion?.contains("model.options.bottleneck") == true)
    #expect(Activation.relu().withBottleneck(3, using: Generator(seed: 1, purpose: "a")) == nil)
  }
}
