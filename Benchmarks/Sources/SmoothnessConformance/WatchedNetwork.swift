import Networks
import Torch

/// A network of some precision that remembers what it saw in its training passes.
///
/// It says that it embeds its inputs, so that what terms perturb has its precision, too: data is
/// float32.
final class WatchedNetwork: EmbeddingClassifier {
  let network: Sequential
  private let dtype: DType
  private(set) var seen: [Tensor] = []

  /// One of the networks with the weights of a file, `<network>/<name>`.
  init(_ name: String, classCount: Int, weights: [String: Tensor], dtype: DType) throws {
    guard let shape = weights["\(name)/0.weight"]?.shape, shape.count == 2 else {
      throw ConformanceError(reason: "there are no weights of '\(name)'")
    }
    let generator = Generator(seed: 0, purpose: "weights")
    network = Sequential {
      Linear(shape[1], shape[0], using: generator)
      if name == "batch-norm" { BatchNorm(shape[0]) }
      if name == "relu" { Activation.relu() } else { Activation.tanh() }
      if name == "dropout" { Dropout(0.3) }
      Linear(shape[0], classCount, using: generator)
      if name == "batch-norm" { BatchNorm(classCount) }
    }
    self.dtype = dtype
    for (place, parameter) in network.namedParameters {
      guard let tensor = weights["\(name)/\(place)"], tensor.shape == parameter.value.shape else {
        throw ConformanceError(reason: "\(name)/\(place) is missing or has another shape")
      }
      parameter.replace(with: tensor.to(dtype).copy())
    }
    for (_, buffer) in network.namedBuffers where buffer.wrappedValue.dtype == .float32 {
      buffer.wrappedValue = buffer.wrappedValue.to(dtype)
    }
  }

  func embedding(of input: Tensor) -> Tensor { input.to(dtype) }

  func logits(ofEmbedding embedding: Tensor, of input: Tensor, _ pass: Pass) -> Tensor {
    if pass.isTraining { seen.append(embedding.detached()) }
    return network(embedding, pass)
  }

  var scriptSource: String { "return x" }
}
