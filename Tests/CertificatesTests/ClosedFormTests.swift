import Certificates
import Foundation
import Networks
import Perturbations
import Statistics
import Testing
import Torch

/// On a linear model the distance to the boundary is known: `minᵢ (z_y - zᵢ) / |w_y - wᵢ|_q`.
@Suite("Certificates of linear models")
struct ClosedFormTests {
  /// The distance to the boundary, with the dual norm given by its order.
  private func distances(
    _ layer: Linear, _ batch: Batch, dualOrder: Double
  ) -> [Double] {
    let weight = layer.weight.detached().to(.float64)
    let bias = layer.bias?.value.detached().to(.float64) ?? .zeros([weight.size(0)])
    let logits = batch.inputs.to(.float64).linear(weight, bias: bias)
    return batch.labels.values(as: Int.self).enumerated().map { row, label in
      (0..<weight.size(0)).filter { $0 != label }.map { other in
        let length = (weight[label] - weight[other]).norm(order: dualOrder).item
        return (logits[row][label] - logits[row][other]).item / length
      }.min() ?? .nan
    }
  }

  @Test("the Lipschitz margin is the exact Euclidean distance", arguments: [2, 3, 10])
  func lipschitz(_ classes: Int) throws {
    let (model, layer) = Laboratory.linear(inputs: 20, classes: classes)
    let batch = try Laboratory.batch(30, of: model)
    let result = try LipschitzMargin().certify(model, batch, context: Context())
    let expected = distances(layer, batch, dualOrder: 2)
    for (radius, distance) in zip(result.radius, expected) {
      let radius = try #require(radius)
      #expect(radius <= distance && distance - radius < 2e-4 * distance + 1e-4)
    }
    #expect(result.guarantee == .deterministic && result.norm == "l2")
  }

  @Test("interval bounds are the exact distance in the maximum norm", arguments: [2, 3, 10])
  func intervals(_ classes: Int) throws {
    let (model, layer) = Laboratory.linear(inputs: 20, classes: classes)
    let batch = try Laboratory.batch(30, of: model)
    let result = try IntervalBounds(bisections: 40).certify(model, batch, context: Context())
    let expected = distances(layer, batch, dualOrder: 1)
    for (radius, distance) in zip(result.radius, expected) {
      let radius = try #require(radius)
      #expect(radius <= distance && distance - radius < 2e-4 * distance + 1e-4)
    }
  }

  @Test("a box that ends the ball makes the radius larger, and infinite where it holds it")
  func box() throws {
    let layer = Linear(1, 2, using: Laboratory.generator("weights"))
    layer.$weight.replace(with: Tensor([Float(1), -1], shape: [2, 1]))
    layer.bias?.replace(with: Tensor([Float(0), 0.5]))
    // The boundary is at 0.25; a second model has it at -0.25, outside of the box.
    let model = FrozenNetwork(layer, inputShape: [1], classCount: 2)
    let inputs = Tensor([Float(0.75), 0.26], shape: [2, 1])
    let batch = Batch(inputs: inputs, labels: Tensor([0, 0]), indices: [0, 1])
    let method = IntervalBounds(box: 0...1, bisections: 40)
    let radii = try method.certify(model, batch, context: Context()).radius.compactMap { $0 }
    #expect(abs(radii[0] - 0.5) < 1e-5 && abs(radii[1] - 0.01) < 1e-5)
    layer.bias?.replace(with: Tensor([Float(0), -0.5]))
    #expect(
      try method.certify(model, batch, context: Context()).radius == [.infinity, .infinity])
  }

  @Test("smoothing finds the class's probability and the distance as the number of draws grows")
  func smoothing() throws {
    let (model, layer) = Laboratory.linear(inputs: 6, classes: 2)
    let batch = try Laboratory.batch(8, of: model)
    let expected = distances(layer, batch, dualOrder: 2)
    var errors: [Double] = []
    for samples in [200, 20_000] {
      let sigma = 0.5
      let method = RandomizedSmoothing(sigma: sigma, samples: samples, alpha: 1e-4)
      let result = try method.certify(model, batch, context: Context(seed: 1, workers: 2))
      var error = 0.0
      for (row, distance) in expected.enumerated() where result.predicted[row] != nil {
        let radius = try #require(result.radius[row])
        let bound = try #require(result.lowerProbability[row])
        let probability = NormalDistribution.cumulative(distance / sigma)
        // Below with a probability of 1 - 1e-4, and by no more than a few standard errors.
        #expect(radius <= distance && bound <= probability)
        let standardError = (probability * (1 - probability) / Double(samples)).squareRoot()
        #expect(probability - bound < 8 * standardError + 10 / Double(samples))
        error += distance - radius
      }
      errors.append(error)
    }
    #expect(errors[1] < errors[0] / 3)
  }

  @Test("all draws for one class give the radius σ Φ⁻¹(α^(1/n))")
  func unanimous() throws {
    let layer = Linear(2, 2, using: Laboratory.generator("weights"))
    layer.$weight.replace(with: Tensor([Float(0), 0, 0, 0], shape: [2, 2]))
    layer.bias?.replace(with: Tensor([Float(0), 1]))
    let model = FrozenNetwork(layer, inputShape: [2], classCount: 2)
    let batch = Batch(
      inputs: .zeros([3, 2]), labels: Tensor([1, 1, 0]), indices: [0, 1, 2])
    let result = try RandomizedSmoothing(sigma: 0.25, samples: 1000).certify(
      model, batch, context: Context())
    // qnorm(0.001^(1/1000)) = 2.46335...
    let radius = 0.25 * NormalDistribution.quantile(pow(0.001, 0.001))
    #expect(result.predicted == [1, 1, 1] && result.correct == [true, true, false])
    #expect(abs((result.radius[0] ?? 0) - radius) < 1e-9 && result.radius[2] == 0)
    #expect(abs((result.lowerProbability[0] ?? 0) - pow(0.001, 0.001)) < 1e-12)
    #expect(result.certifiedAccuracy(at: 0) == 2.0 / 3)
    #expect(result.certifiedAccuracy(at: radius * 0.99) == 2.0 / 3)
    #expect(result.certifiedAccuracy(at: radius * 1.01) == 0)
    #expect(result.guarantee == .smoothed(sigma: 0.25, probability: 0.999))
  }

  /// Solved for from the binomial tail, `P(X >= x; p) = alpha`, in Python; the last is `alpha^(1/n)`.
  @Test("one-sided Clopper-Pearson bounds against known numbers")
  func clopperPearson() throws {
    for (hits, trials, alpha, expected) in [
      (5, 10, 0.05, 0.2224411010), (9, 10, 0.05, 0.6058366976), (99, 100, 0.001, 0.9113731113),
      (1, 10, 0.05, 0.0051161969), (100, 100, 0.001, 0.9332543008),
    ] {
      let bound = try Proportion(successes: hits, trials: trials).lowerBound(level: 1 - alpha)
      #expect(abs(bound - expected) < 1e-9, "\(hits) of \(trials)")
    }
  }
}
