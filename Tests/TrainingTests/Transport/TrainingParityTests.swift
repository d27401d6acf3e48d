import Foundation
import Networks
import Testing
import Torch
import Training

/// Ten steps of an independent implementation (`Scripts/fixtures/lipschitz_training.py`).
struct TrainingParity: Decodable {
  var weights: [[[Double]]]
  var biases: [[Double]]
  var directions: [[Double]]
  var inputs: [[Double]]
  var labels: [Int]
  var alpha: Double
  var minMargin: Double
  var rate: Double
  var losses: [Double]

  static func load() throws -> TrainingParity {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/lipschitz-losses/training.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }

  /// Layer by layer with these weights, in double precision.
  func network() -> Sequential {
    let generator = Generator(seed: 0, purpose: "unused")
    let layers = weights.indices.map { index in
      let rows = weights[index]
      let layer = SpectralLinear(rows[0].count, rows.count, using: generator)
      let values = [
        Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count]), Tensor(biases[index]),
      ]
      for (parameter, value) in zip(layer.parameters, values) { parameter.replace(with: value) }
      layer.direction = Tensor(directions[index], shape: [directions[index].count, 1])
      return layer
    }
    return Sequential {
      layers[0]
      GroupSort(2)
      layers[1]
      GroupSort(2)
      layers[2]
    }
  }
}

@Suite("Training of 1-Lipschitz networks")
struct TrainingParityTests {
  @Test("ten steps are an independent implementation's to 1e-10, every step differentiable")
  func parity() throws {
    let parity = try TrainingParity.load()
    let model = parity.network()
    let inputs = Tensor(parity.inputs.flatMap(\.self), shape: [parity.inputs.count, 5])
    let batch = Batch(
      inputs: inputs, labels: Tensor(parity.labels), indices: Array(parity.labels.indices))
    let term = HKR(try HingeRegularisation(alpha: parity.alpha, minMargin: parity.minMargin))
    var descent = OptimiserSettings(rule: .sgd, momentum: 0).optimiser(of: model.parameters)
    for (number, expected) in parity.losses.enumerated() {
      let step = StepContext(
        model: model, batch: batch, step: number, totalSteps: 10, context: Context(seed: 0))
      let value = term.value(in: step)
      #expect(abs(value.item - expected) <= 1e-10, "step \(number)")
      let slopes = Torch.gradients(of: value, withRespectTo: model.parameters.map(\.value))
      descent.step(slopes, learningRate: parity.rate)
    }
    #expect(parity.losses[9] < parity.losses[0] - 0.1, "else nothing was learned")
  }
}
