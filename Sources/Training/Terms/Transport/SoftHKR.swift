import Networks
import Torch

/// hKR for many classes, in which wrong classes count the more the higher their score is (Serrurier et
/// al., "On the explainable properties of 1-Lipschitz neural networks", NeurIPS 2023).
///
/// With `sₖ` 1 for the class y of an example and -1 otherwise, the loss is the mean of
/// `Σₖ vₖ (wₕ (m - sₖ fₖ)₊ - wₖ sₖ fₖ)`, where `v_y` is 1 and the others are a softmax of `τ f` over
/// the classes but y. The sharpness τ is a temperature in units of the scores: `T · min_margin / μ`, where
/// μ is a moving average of `|f|`, the present batch included. Gradients flow through the softmax and
/// not through τ.
///
/// μ is the state of the term. It is saved with checkpoints and moves once a training step.
public final class SoftHKR: RememberingTerm {
  private let weights: HingeRegularisation
  private let temperature: Double
  private let decay: Double
  private var mean: Double
  private var next: (step: Int, mean: Double)?

  /// The term.
  ///
  /// - Parameters:
  ///   - temperature: T, positive.
  ///   - decay: of the average μ, at least 0 and below 1.
  public init(_ weights: HingeRegularisation, temperature: Double = 1, decay: Double = 0.99) {
    self.weights = weights
    self.temperature = temperature
    self.decay = decay
    mean = weights.minMargin
  }

  /// It can be as negative as the classes are far apart.
  public var isBoundedBelowByZero: Bool { false }
  /// The sharpness τ.
  public var measures: [String] { ["sharpness"] }
  /// The same for labels.
  public var alternative: String { "use hkr in its place, which has a loss for every label" }

  /// The mean over the batch.
  public func value(in step: StepContext) -> Tensor {
    let (logits, labels) = (step.logits, step.batch.labels)
    let mean = updated(by: logits)
    if next?.step != step.step { next = (step.step, mean) }
    let sharpness = sharpness(at: mean)
    step.measure("sharpness", sharpness)
    return Self.loss(
      SignedScores(logits: logits, classes: labels), weights: weights, sharpness: sharpness)
  }

  /// The loss for a known sharpness τ.
  static func loss(
    _ functions: SignedScores, weights: HingeRegularisation, sharpness: Double
  ) -> Tensor {
    let isOwn = functions.signs.greater(than: 0)
    let others = (functions.scores * sharpness).filled(where: isOwn, with: -.infinity)
    let shares = others.softmax(along: 1) + isOwn.to(functions.scores.dtype)
    let right = functions.signs * functions.scores
    let losses =
      (weights.margin - right).relu() * weights.hingeWeight - right * weights.transportWeight
    return (shares * losses).sum(along: 1).mean()
  }

  /// μ when a batch has been seen, from 0.005 to 1000 so that no first batch spoils it.
  private func updated(by logits: Tensor) -> Double {
    let batch = logits.detached().abs().mean().item
    return min(max(decay * mean + (1 - decay) * batch, 0.005), 1000)
  }

  private func sharpness(at mean: Double) -> Double {
    let least = weights.minMargin
    // Scores that are still smaller than the margin tell nothing about how large they will be.
    let scale = min(max(mean, least), 2e4)
    guard scale > 0 else { return 0.005 }
    return min(max(temperature * least / scale, 0.005), 250)
  }

  /// Takes the average with the batch of the step, where the term was computed.
  public func didUpdate(after step: StepContext) {
    if let next, next.step == step.step { mean = next.mean }
    next = nil
  }

  /// The average μ.
  public var state: [String: Tensor] {
    get { ["mean": Tensor([mean])] }
    set {
      mean = newValue["mean"]?.item ?? weights.minMargin
      next = nil
    }
  }
}

extension SoftHKR: RegisteredTerm {
  static let name = "soft-hkr"
  static let options = HingeRegularisation.options + ["temperature", "decay"]

  convenience init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      try HingeRegularisation(options), temperature: try options.positive("temperature") ?? 1,
      decay: try options.number(
        "decay", default: 0.99, in: 0...1.0.nextDown, "at least 0 and below 1"))
  }
}
