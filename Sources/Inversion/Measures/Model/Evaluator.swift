import Networks
import Torch

/// A classifier of the same people as the target, with other weights: what says whether a reconstruction
/// shows the person or only suits the model that it was optimised against. Distances are computed on its
/// features.
public struct Evaluator: Sendable {
  /// What it is called, also as the name of its features.
  public let name: String
  /// The classifier.
  public let classifier: any Classifier
  private let extract: @Sendable (Tensor) throws -> Tensor

  /// An evaluator.
  ///
  /// - Parameter features: from images `[N, C, H, W]` to `[N, D]` or a shape that is flattened to it.
  public init(
    name: String, classifier: any Classifier,
    features: @escaping @Sendable (Tensor) throws -> Tensor
  ) {
    self.name = name
    self.classifier = classifier
    extract = features
  }

  /// A network that was trained here, with what its last weighted layer sees as features.
  ///
  /// - Throws: ``InversionError/notDefined(measure:reason:)`` for a network of a single layer.
  public init(
    _ network: any Layer, name: String = "evaluator", inputShape: [Int], classCount: Int
  ) throws(InversionError) {
    let stages = network.frozen().flatStages
    guard
      let last = stages.lastIndex(where: { !$0.parameters.isEmpty && !($0 is BatchNorm) }),
      last > 0
    else {
      throw .notDefined(
        measure: "features of \(name)", reason: "it has no layer before the last one")
    }
    let body = Body(stages: Array(stages[..<last]))
    self.init(
      name: name,
      classifier: FrozenNetwork(network, inputShape: inputShape, classCount: classCount)
    ) { images in try attempt { body(images) } }
  }

  /// Layers that are not trained any longer.
  private struct Body: @unchecked Sendable {
    let stages: [any Layer]

    func callAsFunction(_ images: Tensor) -> Tensor {
      stages.reduce(images) { $1($0, .evaluation) }.flattened(from: 1)
    }
  }

  /// The features of images.
  ///
  /// - Throws: ``InversionError`` for features that are not finite or too few; what the network throws.
  public func features(of images: ClassImages, batchSize: Int = 256) throws -> FeatureSet {
    let parts = try stride(from: 0, to: images.count, by: max(1, batchSize)).map { start in
      try withoutGradients {
        try extract(
          images.images[start..<min(start + batchSize, images.count)].contiguous()
        ).flattened(from: 1).detached()
      }
    }
    return try FeatureSet(
      name: "features of \(name)", rows: Tensor.concatenated(parts), identities: images.classes)
  }

  /// Checks that a target is another model: neither its weights are the evaluator's, whatever they are
  /// called, nor its answers.
  ///
  /// - Parameter images: what both are asked about, since weights are not always known.
  /// - Throws: ``InversionError/sameModel(first:second:)``;
  ///   ``InversionError/counts(first:count:second:otherCount:)`` when they have other classes.
  public func checkIndependence(of target: any Classifier, on images: Tensor) throws {
    guard target.classCount == classifier.classCount else {
      throw InversionError.counts(
        first: "classes of the target", count: target.classCount, second: "classes of \(name)",
        otherCount: classifier.classCount)
    }
    if let own = try classifier.state(), let other = try target.state(),
      try WeightDigest.of(own) == WeightDigest.of(other)
    {
      throw InversionError.sameModel(first: "target", second: "evaluator")
    }
    let answers = (
      try classifier.checkedLogits(of: images).logSoftmax(along: 1),
      try target.checkedLogits(of: images).logSoftmax(along: 1)
    )
    guard (answers.0 - answers.1).abs().max().item > 1e-5 else {
      throw InversionError.sameModel(first: "target", second: "evaluator")
    }
  }
}
