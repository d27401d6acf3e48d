import Diffusion
import Torch
import Training

/// `g(σ) L_feat` of template inversion: how far the templates of denoised images are from the templates that
/// the denoiser was told.
///
/// It sees the images that a `Denoising` term with the same draw has denoised, once a step. λ(step) is the
/// term's weight in the objective.
public final class TemplateMatching: RememberingTerm {
  /// Where the negatives of a contrastive loss come from.
  public enum Source: Sendable, Equatable {
    /// The targets of the other people in the batch.
    case batch
    /// Those, and the last ones of a queue.
    case queue(capacity: Int)
  }

  private let encoder: any TemplateEncoder
  private let targets: @Sendable (Batch) throws -> Tensor
  private let draw: NoiseDraw
  private let loss: FeatureLoss
  private let gate: NoiseGate
  private var queue: TemplateQueue?

  /// The term.
  ///
  /// - Parameters:
  ///   - encoder: the attack's.
  ///   - targets: the templates of the examples of a batch, `[N, D]`, as the encoder would make them.
  ///   - draw: that of the `Denoising` term.
  ///   - loss: how far templates are from one another.
  ///   - gate: how much each noise level counts.
  ///   - negatives: for a contrastive loss.
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for a queue without capacity.
  public init(
    _ encoder: any TemplateEncoder, draw: NoiseDraw, loss: FeatureLoss, gate: NoiseGate,
    negatives: Source = .batch, targets: @escaping @Sendable (Batch) throws -> Tensor
  ) throws(InversionError) {
    self.encoder = encoder
    self.targets = targets
    self.draw = draw
    self.loss = loss
    self.gate = gate
    if case .queue(let capacity) = negatives { queue = try TemplateQueue(capacity: capacity) }
  }

  /// `template`.
  public var name: String { "template" }
  /// Distances and negative log-probabilities are not negative.
  public var isBoundedBelowByZero: Bool { true }
  /// It looks at images.
  public var outputs: OutputKind? { nil }
  /// Of a contrastive loss the examples of a batch are each other's negatives.
  public var isMeanOverExamples: Bool { !loss.hasNegatives }
  /// It runs a denoiser, which is no layer.
  public var needsLayer: Bool { false }
  /// The mean cosine with the target, over all noise levels.
  public var measures: [String] { ["cosine"] }

  /// The templates in the queue.
  public var state: [String: Tensor] {
    get { queue?.state ?? [:] }
    set { try? queue?.restore(newValue) }
  }

  /// The mean over the batch.
  ///
  /// - Throws: ``InversionError`` for targets that are no templates of the encoder, what the denoiser and the
  ///   encoder throw.
  public func value(in step: StepContext) throws -> Tensor {
    let denoised = try step.denoised(by: draw, for: name)
    let wanted = try targets(step.batch).detached()
    try encoder.check(wanted)
    let found = try encoder.templates(of: draw.range.values(denoised.estimate))
    let people = step.batch.labels.values(as: Int.self)
    var negatives = try Negatives(wanted, identities: people)
    if let others = queue?.negatives { negatives = try negatives.joined(with: others) }
    let losses = try loss.losses(
      found, targets: wanted.to(found.dtype), identities: people, negatives: negatives)
    let cosines = found.detached().cosineSimilarity(to: wanted.to(found.dtype))
    step.measure("cosine", cosines.mean().item)
    return (losses * gate(denoised.level).to(losses.dtype)).mean()
  }

  /// Puts the targets of the step into the queue.
  public func didUpdate(after step: StepContext) throws {
    guard queue != nil else { return }
    try queue?.add(targets(step.batch), identities: step.batch.labels.values(as: Int.self))
  }
}

extension PixelRange {
  /// Images of a model in the range of the data, with their history and nothing cut off.
  func values(_ images: Tensor) -> Tensor { (images + 1) * ((high - low) / 2) + low }
}
