import Networks
import Torch

/// Examples as something that can be moved a little: inputs, or the vectors that stand for them.
public struct ExampleView {
  /// What is moved, `[N, …]`: the inputs, or the vectors of an `EmbeddingClassifier` with their
  /// history.
  public let features: Tensor
  /// One where features may be moved and zero where not, or `nil` when all may.
  public let mask: Tensor?
  /// The values that features can take; `nil` when there is no limit, as for vectors.
  public let box: ClosedRange<Double>?
  /// Which example each row of ``features`` is, for random streams.
  public let indices: [Int]
  private let inputs: Tensor
  private let outputs: OutputKind
  private let model: any Layer

  /// The examples of a batch, as a model sees them.
  public init(of batch: Batch, model: any Layer, box: ClosedRange<Double>?) {
    inputs = batch.inputs
    outputs = batch.outputs
    self.model = model
    if let embedding = model as? any EmbeddingClassifier {
      features = embedding.embedding(of: batch.inputs)
      mask = embedding.mask(of: batch.inputs)
      self.box = nil
      // Rows of a whole graph are its nodes in order, whichever are asked about and in which order.
      indices = embedding.embedsEverything ? Array(0..<features.size(0)) : batch.indices
    } else {
      features = batch.inputs
      mask = nil
      self.box = box
      indices = batch.indices
    }
  }

  private init(_ other: ExampleView, features: Tensor) {
    self.features = features
    (mask, box, indices, inputs, outputs, model) = (
      other.mask, other.box, other.indices, other.inputs, other.outputs, other.model
    )
  }

  /// The same examples with other features.
  func replacing(features: Tensor) -> ExampleView { ExampleView(self, features: features) }

  /// Moved features with the history of ``features``, so that gradients reach the weights of vectors;
  /// inputs, which have none, are taken as they are, to the last bit.
  func carryingHistory(_ moved: Tensor) -> Tensor {
    features.requiresGradient ? features + (moved - features.detached()) : moved
  }

  /// The logits of moved features, in the precision of the pass.
  public func logits(at features: Tensor, _ pass: Pass) -> Tensor {
    let logits = pass.outputs(
      of: {
        (model as? any EmbeddingClassifier)?.logits(ofEmbedding: features, of: inputs, pass)
          ?? model(features, pass)
      }, on: features.device)
    // One output for two classes stands for two logits.
    return outputs == .classes ? logits.classLogits(2) : logits
  }
}
