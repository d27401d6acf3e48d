import Networks
import Torch
import Training

/// The `p_reg` of model inversion: how far the target's features of made images are from the centres of their
/// classes, beside a top-k loss with a weight α of 1.
///
/// Where centres are learned, the term adds how far they are from the target's features of public images, which
/// moves centres alone, while the images move towards centres that stand still. Where they move by a mean, they do
/// so after each step, and are saved with checkpoints.
public final class FeatureCentring: ImageTerm, RememberingTerm {
  /// The target's features `[N, D]` of public images, and the class of each, such as of a batch of a step.
  public typealias PublicFeatures =
    @Sendable (StepContext) throws -> (features: Tensor, classes: [Int])

  private let centres: FeatureCentres
  private let target: TargetModel
  private let images: MadeImages
  private let publicFeatures: PublicFeatures?

  /// The term.
  ///
  /// - Parameter publicFeatures: what centres are learned from; needed where they are.
  /// - Throws: ``InversionError/missingPart(loss:part:)`` for centres that are to be learned from nothing.
  public init(
    _ centres: FeatureCentres, of target: TargetModel, on images: MadeImages,
    publicFeatures: PublicFeatures? = nil
  ) throws(InversionError) {
    switch centres.rule {
    case .fixed, .freeAsPrinted: break
    case .moving, .learned:
      guard publicFeatures != nil else {
        throw .missingPart(loss: "feature-centre", part: "public features to learn centres from")
      }
    }
    self.centres = centres
    self.target = target
    self.images = images
    self.publicFeatures = publicFeatures
  }

  /// `feature-centre`.
  public var name: String { "feature-centre" }
  /// It is a sum of squares.
  public var isBoundedBelowByZero: Bool { true }
  /// Centres that move by a mean.
  public var state: [String: Tensor] {
    get { centres.state }
    set { centres.state = newValue }
  }
  /// Centres, where gradients move them.
  public var parameters: [Parameter] { centres.parameters }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError``; what target and images throw.
  public func value(in step: StepContext) throws -> Tensor {
    let features = try target.answers(to: images, in: step).features
    let distance = try centres.losses(features, labels: step.batch.labels).mean()
    guard centres.rule == .learned, let publicFeatures else { return distance }
    let known = try publicFeatures(step)
    return distance + (try centres.fit(to: known.features, classes: known.classes))
  }

  /// Moves centres that move by a mean.
  ///
  /// - Throws: ``InversionError``; what gives public features throws.
  public func didUpdate(after step: StepContext) throws {
    guard case .moving = centres.rule, let publicFeatures else { return }
    let known = try publicFeatures(step)
    try centres.learn(from: known.features, classes: known.classes)
  }
}
