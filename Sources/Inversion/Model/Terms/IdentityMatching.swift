import Torch
import Training

/// `L_id` of model inversion: how far the templates of made images are from what is known of the people, which is
/// never a private image (``IdentitySource``).
public struct IdentityMatching: ImageTerm {
  /// The loss.
  public let loss: FeatureLoss
  /// What is known.
  public let targets: IdentityTargets
  private let encoder: any TemplateEncoder
  private let images: MadeImages

  /// The term.
  ///
  /// - Parameters:
  ///   - targets: one vector a class; those of other classes are the negatives of a contrastive loss.
  ///   - encoder: the attack's; with the target's features as templates where targets are its weights.
  /// - Throws: ``InversionError/templateWidth(encoder:width:expected:)``.
  public init(
    _ loss: FeatureLoss, to targets: IdentityTargets, by encoder: any TemplateEncoder,
    on images: MadeImages
  ) throws(InversionError) {
    let width = targets.vectors.size(1)
    guard width == encoder.templateWidth else {
      throw .templateWidth(
        encoder: encoder.name, width: encoder.templateWidth, expected: width)
    }
    self.loss = loss
    self.targets = targets
    self.encoder = encoder
    self.images = images
  }

  /// `identity`.
  public var name: String { "identity" }
  /// Distances, hinges and negative log-probabilities are not negative.
  public var isBoundedBelowByZero: Bool { true }
  /// Images are compared with all classes one by one.
  public var isMeanOverExamples: Bool { true }
  /// The mean cosine with the own vector.
  public var measures: [String] { ["cosine"] }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError``; what encoder and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    let people = step.batch.labels.values(as: Int.self)
    let found = try encoder.templates(of: images.images(in: step))
    let wanted = try targets.vectors(of: people).to(found.dtype)
    let all = targets.vectors
    let negatives = try Negatives(all, identities: Array(0..<all.size(0)))
    step.measure(
      "cosine", found.detached().cosineSimilarity(to: wanted).mean().item)
    return try loss.losses(
      found, targets: wanted, identities: people, negatives: negatives
    ).mean()
  }
}
