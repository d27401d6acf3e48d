import Datasets
import Networks
import Perturbations
import Torch

/// How far predictions move in their virtual adversarial directions: the measure that virtual
/// adversarial training lowers, on whatever data (Miyato et al., TPAMI 2019, equation 5).
///
/// The network is in evaluation mode. Of the two signs of a direction the worse counts.
public struct LocalSmoothness: Measure {
  private let radius: Double
  private let rule: VirtualAdversarialDirection
  private let batchSize: Int

  /// A measure.
  ///
  /// - Parameters:
  ///   - radius: Euclidean, in the unit of the features, positive.
  ///   - powerIterations: of the direction, at least 0.
  public init(radius: Double, powerIterations: Int = 5, batchSize: Int = 250) {
    self.radius = radius
    rule = VirtualAdversarialDirection(powerIterations: powerIterations)
    self.batchSize = max(1, batchSize)
  }

  /// `lds`.
  public var name: String { "lds" }
  /// The radius.
  public var radii: [Double] { [radius] }
  /// What it is.
  public var title: String { "Divergence in the virtual adversarial direction, radius \(radius)" }
  /// Natural logarithms.
  public var unit: String { "nats" }
  /// Little movement is good.
  public var isLowerBetter: Bool { true }
  /// How it is measured.
  public var method: String {
    """
    KL(clean || perturbed), summed over labels where there are several, after \
    \(rule.powerIterations) power iterations, the worse of both signs.
    """
  }

  /// The divergence at every example.
  ///
  /// - Throws: `PerturbationError` for a radius that cannot be, or what libtorch reports.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    return try stride(from: 0, to: data.count, by: batchSize).flatMap { start in
      let batch = data.batch(Array(start..<min(start + batchSize, data.count)))
      return try attempt { try divergences(of: model, on: batch, context) }
    }
  }

  private func divergences(
    of model: any Layer, on batch: Batch, _ context: Context
  ) throws -> [Double] {
    let view = ExampleView(of: batch, model: model, box: nil)
    let features = view.features.detached()
    let clean = withoutGradients { view.logits(at: features, .evaluation) }
    var streams = context.streams(name, examples: view.indices)
    var rule = rule
    rule.divergence = .standard(for: batch.outputs)
    let moved = try rule.perturbations(
      of: features, clean: clean, within: Ball(L2(), radius: radius, mask: view.mask),
      streams: &streams
    ) { view.logits(at: $0, .evaluation) }
    let both = [1.0, -1.0].map { sign in
      withoutGradients {
        rule.divergence(
          from: clean, to: view.logits(at: features + moved * sign, .evaluation))
      }
    }
    return both[0].maximum(both[1]).values(as: Double.self)
  }
}

extension LocalSmoothness {
  /// The measure with options of a recipe.
  init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      radius: try options.positive("radius") ?? 0.5,
      powerIterations: try options.count("powerIterations", default: 5, from: 0))
  }
}
