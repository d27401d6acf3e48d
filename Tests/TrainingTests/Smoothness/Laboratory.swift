import Foundation
import Networks
import Torch
import Training

/// Small networks in float64 and steps to try terms on.
enum Laboratory {
  /// A network of linear maps with functions between them.
  static func network(
    _ widths: [Int], _ activation: () -> Activation = { .tanh() }, dropout: Double = 0,
    batchNorm: Bool = false, dtype: DType = .float64, seed: UInt64 = 7
  ) -> Sequential {
    let generator = Generator(seed: seed, purpose: "laboratory")
    let model = Sequential {
      for index in 1..<widths.count {
        Linear(widths[index - 1], widths[index], using: generator)
        if index < widths.count - 1 {
          if batchNorm { BatchNorm(widths[index]) }
          activation()
          if dropout > 0 { Dropout(dropout) }
        }
      }
    }
    for parameter in model.parameters {
      parameter.replace(with: (parameter.value.detached() * 2).to(dtype))
    }
    for (_, buffer) in model.namedBuffers where buffer.wrappedValue.dtype == .float32 {
      buffer.wrappedValue = buffer.wrappedValue.to(dtype)
    }
    return model
  }

  static func normal(_ shape: [Int], seed: UInt64 = 1, dtype: DType = .float64) -> Tensor {
    Tensor.normal(shape, dtype: dtype, using: Generator(seed: seed, purpose: "inputs"))
  }

  static func batch(_ inputs: Tensor, classes: Int, firstIndex: Int = 0) -> Batch {
    let count = inputs.size(0)
    return Batch(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % classes }),
      indices: Array(firstIndex..<firstIndex + count))
  }

  static func step(
    _ model: any Layer, _ inputs: Tensor, classes: Int, unlabelled: Tensor? = nil, at step: Int = 0,
    firstIndex: Int = 0, precision: Precision = .float32
  ) -> StepContext {
    StepContext(
      model: model, batch: batch(inputs, classes: classes, firstIndex: firstIndex),
      unlabelled: unlabelled.map { batch($0, classes: classes, firstIndex: firstIndex) },
      step: step, totalSteps: 10, context: Context(seed: 3), precision: precision)
  }

  /// The value of a term on random data, and its gradients; one that remembers has seen a step before.
  static func value(
    ofTerm name: String, dtype: DType = .float64, precision: Precision = .float32
  ) throws -> (value: Tensor, gradients: [Tensor]) {
    let model = network([6, 16, 4], dropout: 0.2, batchNorm: true, dtype: dtype)
    let options: [String: SettingValue] =
      name.hasPrefix("pseudo") || name == "fixmatch" ? ["threshold": .number(0.2)] : [:]
    let term = try TermRegistry.term(name, options: options)
    func step(_ number: Int) -> StepContext {
      Laboratory.step(
        model, normal([8, 6], dtype: dtype), classes: 4,
        unlabelled: normal([9, 6], seed: 5, dtype: dtype), at: number, precision: precision)
    }
    if let remembering = term as? any RememberingTerm {
      _ = try term.value(in: step(0))
      try remembering.didUpdate(after: step(0))
      // The teacher must differ from the network.
      for parameter in model.parameters {
        parameter.replace(with: parameter.value.detached() * 1.1)
      }
    }
    let value = try term.value(in: step(1))
    return (value, gradients(of: value, withRespectTo: model.parameters.map(\.value)))
  }

  /// The rows of signs of all corners of a cube.
  static func corners(_ dimensions: Int) -> Tensor {
    let rows = (0..<(1 << dimensions)).flatMap { corner in
      (0..<dimensions).map { (corner >> $0) & 1 == 0 ? -1.0 : 1.0 }
    }
    return Tensor(rows, shape: [1 << dimensions, dimensions])
  }

  /// The Hessian of a function of one row, `[D, D]`.
  static func hessian(at row: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
    let size = row.size(1)
    let identity = Tensor.identity(size, dtype: row.dtype)
    return Tensor.concatenated(
      (0..<size).map { index in
        hessianVectorProduct(at: row, direction: identity[index].unsqueezed(0), of: function)
      })
  }

  /// The Jacobian `[K, D]` of the logits of one row.
  static func jacobian(_ model: any Layer, at row: Tensor) -> Tensor {
    let variable = row.variable()
    let logits = model(variable)
    return Tensor.concatenated(
      (0..<logits.size(1)).map { index in
        gradients(
          of: logits.select(index, along: 1).sum(), withRespectTo: [variable], retainGraph: true)[0]
      })
  }

  static func largestDifference(_ first: Tensor, _ second: Tensor) -> Double {
    (first - second).abs().max().item
  }
}
