import Datasets
import Networks
import Torch

extension Prior {
  /// The denoising loss of examples that were not trained on: every one gets noise once, from a random
  /// stream of its own.
  ///
  /// - Returns: one loss an example, the mean over pixels.
  /// - Throws: ``DiffusionError`` when conditions do not fit the prior.
  public func losses(on data: Dataset, _ draw: NoiseDraw, context: Context) throws -> [Double] {
    guard context.pool.count == 1 || network.isReadOnly else { throw DiffusionError.oneThread }
    let size = 100
    let chunks = try context.pool.map((data.count + size - 1) / size) { index in
      let batch = data.batch(Array(index * size..<min((index + 1) * size, data.count)))
      return try attempt {
        try withoutGradients {
          var whole = draw
          whole.labelDropout = 0
          let drawn = whole.applied(to: batch, purpose: "\(draw.name).evaluation", context)
          let estimate = network.denoised(
            drawn.noisy, level: drawn.level,
            condition: try whole.condition(of: batch, for: network), .evaluation)
          return DenoisingLoss.values(
            estimate: estimate, clean: drawn.clean, level: drawn.level,
            preconditioning: network.preconditioning
          ).values(as: Double.self)
        }
      }
    }
    return chunks.flatMap { $0 }
  }
}
