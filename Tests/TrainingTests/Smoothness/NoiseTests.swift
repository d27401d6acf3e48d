import Foundation
import Networks
import Testing
import Torch

@testable import Training

/// Rows N1 to N3: what noise adds to a loss.
@Suite("Noise")
struct NoiseTests {
  @Test("signs on the inputs of a quadratic add s² tr A, exactly")
  func quadratic() {
    let size = 6
    let raw = Laboratory.normal([size, size])
    let matrix = (raw + raw.transposed()) * 0.5
    let point = Laboratory.normal([1, size], seed: 2)
    let loss = { (rows: Tensor) in (rows.matmul(matrix) * rows).sum(along: 1) }
    let hessian = Laboratory.hessian(at: point) { loss($0).sum() }
    for s in [0.1, 1, 10] {
      let mean = loss(point + Laboratory.corners(size) * s).mean().item - loss(point).item
      let trace = matrix.trace().item
      #expect(abs(mean - s * s * trace) < 1e-11 * max(1, s * s * abs(trace)))
      #expect(abs(hessian.trace().item - 2 * trace) < 1e-12 * max(1, abs(trace)))
    }
  }

  @Test("on the cross-entropy the rest falls by 16 when s is halved")
  func crossEntropy() {
    let model = Laboratory.network([5, 4])
    let point = Laboratory.normal([1, 5], seed: 2)
    func loss(_ rows: Tensor) -> Tensor {
      model(rows).crossEntropy(
        Tensor([Int](repeating: 1, count: rows.size(0))), reduction: .none)
    }
    let laplacian = Laboratory.hessian(at: point) { loss($0).sum() }.trace().item
    let rests = [0.2, 0.1, 0.05].map { s in
      loss(point + Laboratory.corners(5) * s).mean().item - loss(point).item - s * s / 2 * laplacian
    }
    for (large, small) in zip(rests, rests.dropFirst()) { #expect(abs(large / small - 16) < 0.5) }
  }

  @Test("labels replaced at random are label smoothing")
  func labels() throws {
    let model = Laboratory.network([5, 4])
    let inputs = Laboratory.normal([3, 5], seed: 2)
    let step = Laboratory.step(model, inputs, classes: 4)
    let share = 0.3
    let enumerated =
      (0..<4).map { label in
        model(inputs).crossEntropy(Tensor([label, label, label])).item * share / 4
      }.reduce(0, +) + model(inputs).crossEntropy(step.batch.labels).item * (1 - share)
    let smoothed = CrossEntropy(labelSmoothing: share).value(in: step).item
    #expect(abs(enumerated - smoothed) < 1e-12)
    // The term draws what is enumerated above.
    var term = LabelNoise()
    term.probability = share
    let mean =
      (0..<4000).map {
        term.value(in: Laboratory.step(model, inputs, classes: 4, at: $0)).item
      }.reduce(0, +) / 4000
    #expect(abs(mean - smoothed) < 0.05)
  }

  @Test("dropout of a linear regression's inputs adds p / (1 - p) Σ x² w²")
  func dropout() {
    let (p, size) = (0.3, 6)
    let (x, w) = (Laboratory.normal([size], seed: 2), Laboratory.normal([size], seed: 3))
    let masks = (Laboratory.corners(size) + 1) * 0.5
    let kept = masks.sum(along: 1)
    let weights = Tensor(
      kept.values(as: Double.self).map { pow(1 - p, $0) * pow(p, Double(size) - $0) })
    let predictions = (masks * x / (1 - p)).matmul(w)
    let target = 0.7
    let mean = ((predictions - target).squared() * weights).sum().item
    let plain = (x.dot(w) - target).squared().item
    let added = p / (1 - p) * (x.squared() * w.squared()).sum().item
    #expect(abs(mean - plain - added) < 1e-12)
  }

  @Test("noise of every kind has the deviation that it says")
  func deviations() {
    let count = 20_000
    let model = Laboratory.network([1, 1])
    model.parameters[0].replace(with: Tensor.ones([1, 1], dtype: .float64))
    model.parameters[1].replace(with: Tensor.zeros([1], dtype: .float64))
    let step = Laboratory.step(model, Tensor.ones([count, 1], dtype: .float64), classes: 1)
    for distribution in Noise.Distribution.allCases {
      var noise = Noise(deviation: 0.3)
      noise.distribution = distribution
      // The one output comes as two logits, whose difference it is.
      let logits = noise.logits(step, at: step.view, .evaluation, purpose: "test")
      let outputs = logits.select(1, along: 1) - logits.select(0, along: 1)
      let expected = distribution == .bernoulli ? (0.3 / 0.7).squareRoot() : 0.3
      #expect(abs(outputs.mean().item - 1) < 4 * expected / Double(count).squareRoot())
      #expect(
        abs(outputs.standardDeviation(along: [0]).squeezed().item / expected - 1) < 0.03,
        "\(distribution)")
    }
  }

  @Test("noise on weights is drawn anew at every step, reaches the gradient and is taken back")
  func weights() throws {
    let model = Laboratory.network([4, 3])
    let before = model.parameters.map(\.value)
    var term = NoiseCrossEntropy(standardDeviation: 0.5)
    term.noise.place = .weights
    let inputs = Laboratory.normal([5, 4], seed: 2)
    let values = (0..<2).map { number -> Double in
      let value = term.value(in: Laboratory.step(model, inputs, classes: 3, at: number))
      let length = gradients(of: value, withRespectTo: before)[0].abs().max().item
      #expect(length > 0)
      return value.item
    }
    #expect(values[0] != values[1])
    #expect(zip(before, model.parameters).allSatisfy { $0 === $1.value })
  }
}
