import Foundation
import Networks
import Torch
import Training

/// Losses and gradients that an independent implementation computed.
struct TransportGolden: Decodable {
  struct Losses: Decodable {
    var bin_out: [[Double]]
    var bin_y: [[Double]]
    var multi_out: [[Double]]
    var multi_onehot: [[Double]]
    var values: [String: Double]
    var grads: [String: [[Double]]]
  }
  var losses: Losses

  static func load() throws -> TransportGolden {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/lipschitz-losses/golden.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }
}

/// A network that says the same whatever it sees.
final class FixedOutputs: Layer {
  @Parameter var outputs: Tensor

  init(_ rows: [[Double]]) {
    _outputs = Parameter(
      wrappedValue: Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count]))
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { outputs }
  var scriptSource: String { "return self.outputs" }

  /// A step that sees these outputs.
  func step(_ labels: [Int], targets: Tensor? = nil, number: Int = 0) -> StepContext {
    let batch = Batch(
      inputs: .zeros([labels.count, 1]), labels: Tensor(labels), targets: targets,
      indices: Array(labels.indices))
    return StepContext(model: self, batch: batch, step: number, context: Context(seed: 0))
  }

  /// What a term says of the outputs, and its gradient with respect to them.
  func value(
    _ term: any Term, _ labels: [Int], targets: Tensor? = nil
  ) throws -> (value: Double, gradient: [Double]) {
    let value = try term.value(in: step(labels, targets: targets))
    let slope = gradient(of: value, withRespectTo: outputs)
    return (value.item, slope.values(as: Double.self))
  }
}
