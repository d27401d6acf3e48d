import Networks
import Torch

/// A classifier that is looked into: its logits, what its last layer sees, and that layer's weights.
public struct WhiteBox: @unchecked Sendable {
  /// What it is called.
  public let name: String
  /// The weights of the last layer, `[C, D]`.
  public let directions: Tensor
  private let classifier: any Classifier
  private let split: (body: [any Layer], head: [any Layer])?

  /// A classifier. Of a network that was trained here features are what its last layer sees, where that is linear;
  /// of any other, such as a TorchScript, its logits stand for features, and unit vectors for weights. Defences of
  /// answers are seen through as ``DefendedClassifier/seenThrough`` says.
  public init(_ classifier: any Classifier, name: String = "target") {
    self.name = name
    let classifier = (classifier as? DefendedClassifier)?.seenThrough ?? classifier
    self.classifier = classifier
    let stages = (classifier as? FrozenNetwork)?.network.flatStages ?? []
    if let last = stages.lastIndex(where: { !$0.parameters.isEmpty }), last > 0,
      let head = stages[last] as? Linear
    {
      split = (Array(stages[..<last]), Array(stages[last...]))
      directions = head.weight.detached()
    } else {
      split = nil
      directions = .identity(classifier.classCount)
    }
  }

  /// Logits and features of images `[B, …]`, with their history.
  public func answers(to images: Tensor) throws -> TargetModel.Answers {
    guard let split else {
      let logits = try classifier.logits(images)
      return .init(logits: logits, features: logits)
    }
    return try attempt {
      let features = split.body.reduce(images) { $1($0, .evaluation) }.flattened(from: 1)
      let logits = split.head.reduce(features) { $1($0, .evaluation) }.classLogits(
        classifier.classCount)
      return .init(logits: logits, features: features)
    }
  }

  /// Features of many images, without history, `[N, D]`.
  func features(of images: Tensor, batchSize: Int = 256) throws -> Tensor {
    let parts = try stride(from: 0, to: images.size(0), by: batchSize).map { start in
      try withoutGradients {
        try answers(to: images[start..<min(start + batchSize, images.size(0))].contiguous())
          .features.detached()
      }
    }
    return .concatenated(parts)
  }
}
