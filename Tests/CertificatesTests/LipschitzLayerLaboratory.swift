import Certificates
import Foundation
import Networks
import Perturbations
import Testing
import Torch

/// A layer whose bound is compared with its Jacobians.
struct LayerCase: CustomTestStringConvertible, Sendable {
  let name: String
  let shape: [Int]
  let make: @Sendable (Generator) throws -> any Layer
  /// What its Lipschitz constant is said to be at most.
  var claim = 1.0

  var testDescription: String { name }

  /// The layer at its start, and another one after 25 steps of Adam towards random outputs of a size it
  /// cannot reach.
  func layers(seed: Int = 1) throws -> [(moment: String, layer: any Layer)] {
    let generator = Laboratory.generator("layers", seed)
    let fresh = try make(generator)
    let trained = try make(generator)
    guard !trained.parameters.isEmpty else { return [("always", fresh)] }
    let inputs = Tensor.normal([8] + shape, using: generator)
    let outputs = trained(inputs)
    let target = Tensor.normal(outputs.shape, using: generator) * 3
    var optimiser = Adam(trained.parameters)
    for step in 0..<25 {
      let loss = (trained(inputs, .training(seed: UInt64(step))) - target).squared().mean()
      let found = gradients(of: loss, withRespectTo: trained.parameters.map(\.value))
      optimiser.step(found, learningRate: 1e-2)
    }
    return [("at first", fresh), ("after 25 steps", trained)]
  }

  /// The largest singular value of the layer's Jacobians at zero and at random points.
  func steepest(_ layer: any Layer) -> Double {
    let generator = Laboratory.generator("points")
    let points = Tensor.normal([2] + shape, using: generator)
    let all = Tensor.concatenated([.zeros([1] + shape), points]).to(.float64)
    let double = layer.inDoublePrecision()
    return (0..<all.size(0)).map { row in
      let point = all.narrowed(to: row..<row + 1, along: 0)
      let width = double(point).count
      // One copy of the point for every output: their gradients come all at once.
      let copies = point.expanded([width] + shape).contiguous().variable()
      let outputs = double(copies).flattened(from: 1)
      let rows = gradients(of: outputs.diagonal().sum(), withRespectTo: [copies])[0]
      return rows.flattened(from: 1).svd().singularValues.max().item
    }.max() ?? 0
  }
}

extension Layer {
  /// The layer with plain weights in double precision.
  func inDoublePrecision() -> any Layer {
    let layer = frozen()
    for parameter in layer.parameters { parameter.replace(with: parameter.value.to(.float64)) }
    for (_, buffer) in layer.namedBuffers where buffer.wrappedValue.dtype == .float32 {
      buffer.wrappedValue = buffer.wrappedValue.to(.float64)
    }
    return layer
  }

  /// The bound on the layer for inputs of some shape.
  func lipschitzBound(inputShape: [Int]) throws -> Double {
    var shape = inputShape
    return try LipschitzBound.product(of: flatStages, in: L2(), inputShape: &shape)
  }
}
