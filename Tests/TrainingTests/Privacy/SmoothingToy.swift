import Datasets
import Foundation
import Networks
import Torch
import Training

/// The toy of Struppek et al. ("Be careful what you smooth for", ICLR 2024) as PyTorch computes it in double
/// precision (`Scripts/fixtures/label_smoothing_toy.py`), and the same by the rooms of this package.
///
/// Known of the published notebook are the network, its training, the start of the path and figures of one
/// seed, but neither the blobs nor the rule of the path; those here are the fixture's.
struct SmoothingToy: Decodable {
  /// Where an inversion of one class ended.
  struct Path: Decodable {
    var target: Int
    var steps: Int
    var end: [Double]
    var confidence: Double
    /// The distance of the end to the closest point of the class.
    var nearest: Double
  }

  /// One amount of smoothing: the loss of the last step in training mode, and a path to every class.
  struct Run: Decodable {
    var amount: Double
    var loss: Double
    var paths: [Path]
  }

  /// The initial weights of one affine map.
  struct Map: Decodable {
    var weight: [Double]
    var bias: [Double]
  }

  /// The runs from the initial weights of one seed.
  struct Case: Decodable {
    var seed: Int
    var layers: [Map]
    var runs: [Run]
  }

  var points: [Double]
  var labels: [Int]
  var steps: Int
  var rate: Double
  var momentum: Double
  var start: [Double]
  var pathRate: Double
  var confidence: Double
  var limit: Int
  var cases: [Case]

  static func read() throws -> SmoothingToy {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/defences/label-smoothing.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }

  /// The network 2-20-20-3 with the initial weights of a case, in double precision.
  func network(_ known: Case) -> Sequential {
    let maps = known.layers.map { map in
      Linear(
        weight: Tensor(map.weight, shape: [map.bias.count, map.weight.count / map.bias.count]),
        bias: Tensor(map.bias))
    }
    let model = Sequential {
      maps[0]
      BatchNorm(20)
      Activation.relu()
      maps[1]
      BatchNorm(20)
      Activation.relu()
      maps[2]
    }
    for parameter in model.parameters {
      parameter.replace(with: parameter.value.detached().to(.float64))
    }
    for (_, buffer) in model.namedBuffers where buffer.wrappedValue.dtype == .float32 {
      buffer.wrappedValue = buffer.wrappedValue.to(.float64)
    }
    return model
  }

  /// Full-batch descent with the term of this package; the loss of the last step, before its update.
  func train(_ model: Sequential, amount: Double) -> Double {
    let batch = Batch(
      inputs: Tensor(points, shape: [labels.count, 2]), labels: Tensor(labels),
      indices: Array(labels.indices))
    let term = CrossEntropy(labelSmoothing: amount)
    let parameters = model.parameters
    var descent = OptimiserSettings(rule: .sgd, momentum: momentum).optimiser(of: parameters)
    var loss = Double.nan
    for number in 0..<steps {
      let step = StepContext(
        model: model, batch: batch, step: number, totalSteps: steps, context: Context(seed: 0))
      let value = term.value(in: step)
      let slopes = gradients(of: value, withRespectTo: parameters.map(\.value))
      descent.step(slopes, learningRate: rate)
      if number == steps - 1 { loss = value.item }
    }
    return loss
  }

  /// Plain descent of -log p of a class from the start, by the evaluation pass, until it is probable enough.
  func path(of model: Sequential, to target: Int) -> Path {
    var input = Tensor(start, shape: [1, 2])
    var count = 0
    while true {
      let variable = input.variable()
      let cost = model(variable).crossEntropy(Tensor([target]))
      let probability = exp(-cost.item)
      if probability >= confidence || count == limit {
        let rows = labels.indices.filter { labels[$0] == target }
        let end = input.values(as: Double.self)
        let distances = rows.map { hypot(points[2 * $0] - end[0], points[2 * $0 + 1] - end[1]) }
        return Path(
          target: target, steps: count, end: end, confidence: probability,
          nearest: distances.min() ?? .infinity)
      }
      input = input - gradient(of: cost, withRespectTo: variable) * pathRate
      count += 1
    }
  }
}
