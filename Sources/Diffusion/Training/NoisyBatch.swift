import Datasets
import Torch
import Training

/// How the images of a training step are given noise and conditions.
///
/// Everything is drawn example by example, from the seed, the step and the example. Terms that name the
/// same draw see the same noisy images, which are denoised once a step.
public struct NoiseDraw: Sendable {
  /// What images are conditioned on while training.
  public enum Source: Sendable {
    /// Nothing.
    case none
    /// Their class.
    case classes
    /// Their class where its label is below a number; nothing for the others.
    case knownClasses(below: Int)
    /// Vectors of the examples of a batch, `[N, width]`, with their history.
    case vectors(@Sendable (Batch) throws -> Tensor)
  }

  /// The name of the draw, which its random streams depend on.
  public var name = "denoising"
  /// The noise levels.
  public var levels = NoiseDistribution()
  /// What images are conditioned on.
  public var source = Source.none
  /// The probability with which an image loses its condition, so that the model also learns to do
  /// without (Ho and Salimans, 2022); drawn for every image by itself.
  public var labelDropout = 0.0
  /// The range of the data's values.
  public var range = PixelRange()

  /// Draws without conditions.
  public init() {}

  /// Checks the settings.
  ///
  /// - Throws: ``DiffusionError/setting(name:value:allowed:)`` for the first that is out of range.
  public func validate() throws(DiffusionError) {
    try DiffusionError.require(
      0...1 ~= labelDropout, "labelDropout", labelDropout, "from 0 to 1")
    let deviation = levels.deviation
    try DiffusionError.require(
      deviation > 0 && deviation.isFinite, "levels.deviation", deviation, "positive and finite")
    try DiffusionError.require(
      levels.mean.isFinite, "levels.mean", levels.mean, "a finite number")
    try range.validate()
  }
}

extension NoiseDraw {
  /// Images with noise.
  struct Drawn {
    let clean: Tensor
    let noisy: Tensor
    let level: Tensor
    /// One for images that keep their condition, zero for others, `[N, 1]`.
    let kept: Tensor
  }

  /// Gives images noise from random streams of the examples that they are.
  func applied(to batch: Batch, purpose: String, _ context: Context) -> Drawn {
    let (clean, device) = (range.scaled(batch.inputs), batch.inputs.device)
    var streams = context.streams("\(purpose).level", examples: batch.indices)
    let level = levels.levels(ofNormals: .normal([], dtype: .float64, perExample: &streams))
    let kept = Tensor.uniform([1], perExample: &streams).greaterOrEqual(to: labelDropout)
    streams = context.streams("\(purpose).noise", examples: batch.indices)
    let noise = Tensor.normal(Array(clean.shape.dropFirst()), perExample: &streams)
    let scale = level.to(.float32).reshaped([-1] + clean.shape.dropFirst().map { _ in 1 })
    return Drawn(
      clean: clean, noisy: clean + (noise * scale).to(device), level: level.to(device),
      kept: kept.to(.float32).to(device))
  }

  /// The conditions of a batch, `[N, width]`; `nil` where there are none.
  func condition(of batch: Batch, for model: any DenoisingModel) throws -> Tensor? {
    let condition: Tensor?
    switch source {
    case .none: return nil
    case .classes: condition = model.condition(ofClasses: batch.labels)
    case .knownClasses(let count):
      let isKnown = batch.labels.less(than: Double(count)).to(.float32).unsqueezed(1)
      condition = model.condition(
        ofClasses: batch.labels.clamped(to: 0...Double(count - 1)).to(.int64)
      )
      .map { $0 * isKnown }
    case .vectors(let vectors): condition = try vectors(batch)
    }
    let expected = [batch.count, model.conditionWidth]
    guard let condition, condition.shape == expected else {
      throw DiffusionError.condition(shape: condition?.shape, expected: expected)
    }
    return condition
  }
}

/// The images of a training step with noise, and what the model takes them for.
public struct NoisyBatch {
  /// The images without noise, in [-1, 1], `[N, C, H, W]`.
  public let clean: Tensor
  /// The images with noise.
  public let noisy: Tensor
  /// The noise level of every image, `[N]`, float64.
  public let level: Tensor
  /// The share of training levels below it, `[N]`, float64.
  public let quantile: Tensor
  /// The conditions, `[N, width]`, zeros for images that lost theirs; `nil` where there are none.
  public let condition: Tensor?
  /// The estimate of the clean images, with its history.
  public let estimate: Tensor
  /// How the model is made of its network.
  public let preconditioning: Preconditioning
}

extension StepContext {
  /// The labelled images with noise, denoised by the model in a training pass, once a step.
  ///
  /// - Parameter term: who asks, for the error.
  /// - Throws: ``DiffusionError`` when the model does not denoise or conditions do not fit it.
  public func denoised(by draw: NoiseDraw, for term: String) throws -> NoisyBatch {
    try shared("denoised.\(draw.name)") {
      guard let model = module as? any DenoisingModel else {
        throw DiffusionError.notDenoising(term: term)
      }
      guard part == nil || model.isReadOnly else { throw DiffusionError.oneThread }
      let drawn = draw.applied(to: batch, purpose: "\(draw.name).\(step)", context)
      let condition = try draw.condition(of: batch, for: model).map { $0 * drawn.kept }
      let estimate = model.denoised(
        drawn.noisy, level: drawn.level, condition: condition,
        pass(updatesStatistics: false, purpose: draw.name))
      return NoisyBatch(
        clean: drawn.clean, noisy: drawn.noisy, level: drawn.level,
        quantile: draw.levels.quantiles(of: drawn.level), condition: condition,
        estimate: estimate, preconditioning: model.preconditioning)
    }
  }
}
