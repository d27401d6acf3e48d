import Perturbations
import Torch

/// An attribution that weighs the channels of a layer's features.
protocol FeatureAttribution: Attribution {
  /// Whether what speaks against the class is cut off.
  var isRectified: Bool { get }
  /// How maps are brought to the size of the input.
  var resizing: Resizing { get }
  /// The weight of every channel, from features and gradients `[N, C, h, w]` to `[N, C, 1, 1]`.
  func weights(_ features: Tensor, _ gradient: Tensor) -> Tensor
}

/// How maps of a layer's size are brought to that of the input.
public enum Resizing: String, Sendable, CaseIterable {
  /// They stay as they are.
  case none
  /// Every place becomes a block.
  case nearest
  /// Linear between the middles of places, as the authors of Grad-CAM do.
  case bilinear

  /// Maps `[N, h, w]` in another size.
  func callAsFunction(_ maps: Tensor, to size: [Int]) -> Tensor {
    switch self {
    case .none: maps
    case .nearest: maps.unsqueezed(1).resized(to: size, mode: .nearest).squeezed(1)
    case .bilinear: maps.unsqueezed(1).resized(to: size, mode: .bilinear).squeezed(1)
    }
  }
}

extension FeatureAttribution {
  /// Explains the answers to some examples by the features of the question's layer.
  public func attribute(
    _ batch: Batch, _ question: Question, context: Context
  ) throws -> AttributionResult {
    try validate()
    try question.validate(batch)
    let shape = Array(batch.inputs.shape.dropFirst())
    guard shape.count == 3 else {
      throw ExplanationError.needsPictures(method: name, shape: shape)
    }
    guard let tap = question.tap else { throw ExplanationError.needsLayer(method: name) }
    let parts = try Work(question: question, context: context).chunks(batch, reports: true) {
      chunk in
      try withGradients(enabled: true) {
        let (features, logits) = try tap(chunk.inputs.variable())
        guard features.rank == 4 else {
          throw ExplanationError.layerShape(tap.layer, shape: features.shape)
        }
        let classes = question.focus.classes(chunk, logits: logits.detached())
        let scores = question.scores(logits, classes, chunk.outputs)
        let gradient =
          features.requiresGradient && scores.requiresGradient
          ? Torch.gradient(of: scores.sum(), withRespectTo: features)
          : Tensor.zeros(like: features.detached())
        return ChunkMaps(
          maps: map(features.detached(), gradient, size: Array(shape.dropFirst())),
          classes: classes, scores: scores.detached())
      }
    }
    return ChunkMaps.result(parts, of: self, batch, question, context)
  }

  private func map(_ features: Tensor, _ gradient: Tensor, size: [Int]) -> Tensor {
    let sum = (weights(features, gradient) * features).sum(along: 1)
    return resizing(isRectified ? sum.relu() : sum, to: size)
  }
}
