import Foundation
import Networks
import Perturbations
import Torch

/// Local distributional smoothness: how far the prediction moves in its virtual adversarial
/// direction (Miyato et al., TPAMI 2019, equations 5 to 8).
///
/// The target is what the network says of the clean example, without history; all passes see the same
/// dropout masks and use batch statistics without moving running ones.
public struct VirtualAdversarial: Term {
  /// The rule that finds directions.
  public var direction: VirtualAdversarialDirection
  /// The norm of the ball.
  public var norm: any Norm
  /// The radius, in the unit of the features.
  public var radius: Double
  /// Whether the clean prediction is a fixed target, or moves as well.
  public var detachesTarget = true
  /// An experimental radius of each example's own: at most this share of the length of its features,
  /// and at least a tenth of ``radius``, since a radius of zero would be the best way to be smooth.
  public var relativeRadius: Double?
  /// Steps between measurements of ``measures``, which take 20 exact power iterations; 0 for none.
  public var cosineEvery = 0

  /// A term.
  ///
  /// - Throws: `PerturbationError.radius` for a radius that is not positive and finite.
  public init(
    radius: Double, norm: any Norm = L2(),
    direction: VirtualAdversarialDirection = VirtualAdversarialDirection()
  ) throws(PerturbationError) {
    guard radius > 0, radius.isFinite else { throw .radius(radius) }
    self.radius = radius
    self.norm = norm
    self.direction = direction
  }

  /// Where every example has a direction of its own length.
  public var isMeanOverParts: Bool { direction.granularity == .example }
  /// A divergence is never negative.
  public var isBoundedBelowByZero: Bool { true }
  /// What the divergence is between.
  public var outputs: OutputKind? { direction.divergence.outputs }
  /// The divergence for the other kind.
  public var alternative: String { direction.divergence.alternative }
  /// The cosine of the angle between the directions used and exact ones, its mean over the batch.
  public var measures: [String] { cosineEvery > 0 ? ["cosine"] : [] }
  /// Says when rounding spoils the direction.
  public var warnings: [String] {
    guard direction.isBelowPrecision else { return [] }
    return ["\(name): in float32 so small a step of finite differences is half rounding"]
  }

  /// The mean divergence over the examples.
  public func value(in step: StepContext) throws -> Tensor {
    let view = step.view
    let clean = step.viewLogits
    let ball = try Ball(norm, radius: radius, mask: view.mask)
    var streams = step.streams(name, examples: view.indices)
    let logits = { view.logits(at: $0, step.pass(updatesStatistics: false)) }
    let (exactly, reference) = probe(step, view, clean: clean)
    var perturbation = direction.perturbations(
      of: view.features, clean: reference, within: ball, streams: &streams, logits: exactly)
    if cosineEvery > 0, step.step % cosineEvery == 0 {
      let exact = Self.exactDirection(
        direction, from: perturbation, view: view, clean: reference, ball: ball, logits: exactly)
      let cosine = perturbation.examplesFlattened.cosineSimilarity(to: exact.examplesFlattened)
      step.measure("cosine", cosine.abs().mean().item)
    }
    perturbation = perturbation * scale(of: view.features)
    let moved = logits(view.features + perturbation)
    let target = detachesTarget ? clean.detached() : clean
    return direction.divergence(from: target, to: moved).mean()
  }

  /// The network that directions are found with and its clean logits: in single precision, since what
  /// bfloat16 rounds off is as large as what a small step changes.
  private func probe(
    _ step: StepContext, _ view: ExampleView, clean: Tensor
  ) -> (logits: (Tensor) -> Tensor, clean: Tensor) {
    let logits = {
      view.logits(at: $0, step.pass(updatesStatistics: false).with(.float32))
    }
    guard step.precision != .float32 else { return (logits, clean) }
    return (logits, withoutGradients { logits(view.features) })
  }

  /// How much of the radius each example has.
  private func scale(of features: Tensor) -> Tensor {
    guard let relativeRadius else { return Tensor.ones([], dtype: features.dtype) }
    let length = norm.length(of: features.detached())
    return (length * (relativeRadius / radius)).clamped(to: 0.1...1)
      .broadcastable(toRank: features.rank)
  }

  /// The top eigenvectors, by exact power iteration.
  private static func exactDirection(
    _ rule: VirtualAdversarialDirection, from start: Tensor, view: ExampleView, clean: Tensor,
    ball: Ball, logits: (Tensor) -> Tensor
  ) -> Tensor {
    var exact = rule
    exact.probe = .exact
    return (0..<20).reduce(L2().steepest(start)) { direction, _ in
      let product = exact.product(
        with: direction, at: view.features.detached(), clean: clean.detached(), logits: logits)
      return L2().steepest(ball.mask.map { product * $0 } ?? product)
    }
  }
}

extension VirtualAdversarial: RegisteredTerm {
  static let name = "virtual-adversarial"
  static let options = [
    "norm", "radius", "powerIterations", "probe", "step", "divergence", "detachesTarget",
    "granularity", "alignment", "relativeRadius", "cosineEvery",
  ]

  init(_ options: TermOptions) throws(TrainingError) {
    norm = try options.norm(default: L2())
    radius = try options.positive("radius") ?? 2
    direction = VirtualAdversarialDirection(
      divergence: try options.choice("divergence", default: .cleanToPerturbed),
      powerIterations: try options.count("powerIterations", default: 1, from: 0),
      granularity: try options.choice("granularity", default: .example))
    direction.alignment = try options.number("alignment", default: 1, in: 0...1, "from 0 to 1")
    let step = try options.positive("step")
    switch try options.choice("probe", default: ProbeName.finiteDifference) {
    case .exact: direction.probe = .exact
    case .finiteDifference: direction.probe = .finiteDifference(step: step ?? 1e-2)
    }
    detachesTarget = try options.flag("detachesTarget", default: true)
    relativeRadius = try options.positive("relativeRadius")
    cosineEvery = try options.count("cosineEvery", default: 0, from: 0)
  }

  private enum ProbeName: String, CaseIterable {
    case exact
    case finiteDifference = "finite-difference"
  }
}
