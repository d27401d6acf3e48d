import Datasets
import Torch
import Training

/// How the images of a training step are given noise and conditions.
///
/// Everything is drawn example by example, from the seed, the step and the example. Terms that name the
/// same draw see the same noisy images, which are denoised once a step.
public struct NoiseDraw {
  /// What images are conditioned on while training.
  public enum Source {
    /// Nothing.
    case none
    /// Their class.
    case classes
    /// Vectors of the examples of a batch, `[N, width]`, with their history.
    case vectors((Batch) throws -> Tensor)
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
      var levelStreams = streams("\(draw.name).level")
      var noiseStreams = streams("\(draw.name).noise")
      let clean = draw.range.scaled(batch.inputs)
      let level = draw.levels.levels(
        ofNormals: .normal([], dtype: .float64, perExample: &levelStreams))
      let kept = Tensor.uniform([1], perExample: &levelStreams).greaterOrEqual(
        to: draw.labelDropout)
      let noise = Tensor.normal(Array(clean.shape.dropFirst()), perExample: &noiseStreams)
      let scale = level.to(.float32).reshaped([-1] + clean.shape.dropFirst().map { _ in 1 })
      let noisy = clean + (noise * scale).to(clean.device)
      let condition = try condition(of: model, draw.source).map {
        $0 * kept.to($0.dtype).to($0.device)
      }
      let estimate = model.denoised(
        noisy, level: level.to(clean.device), condition: condition,
        pass(updatesStatistics: false, purpose: draw.name))
      return NoisyBatch(
        clean: clean, noisy: noisy, level: level, quantile: draw.levels.quantiles(of: level),
        condition: condition, estimate: estimate, preconditioning: model.preconditioning)
    }
  }

  private func condition(
    of model: any DenoisingModel, _ source: NoiseDraw.Source
  ) throws -> Tensor? {
    let expected = [batch.count, model.conditionWidth]
    let condition: Tensor?
    switch source {
    case .none: return nil
    case .classes: condition = model.condition(ofClasses: batch.labels)
    case .vectors(let vectors): condition = try vectors(batch)
    }
    guard let condition, condition.shape == expected else {
      throw DiffusionError.condition(shape: condition?.shape, expected: expected)
    }
    return condition
  }
}
