import Networks
import Torch

/// A denoiser of which adapters alone are trained, and what else is named.
///
/// The frozen network is no part of it: optimisers, averages and checkpoints see the adapters only.
public final class AdaptedNetwork: DenoisingModel {
  /// The denoiser that is adapted.
  public let base: any DenoisingModel
  /// The adapters of its layers.
  public let adapters: LowRankAdapters
  private let others: [(name: String, part: any Module)]

  /// An adapted denoiser.
  ///
  /// - Parameters:
  ///   - adapters: adapters of layers of `base`.
  ///   - others: parts of `base` that are trained as they are, such as the vectors of classes.
  public init(
    _ base: any DenoisingModel, adapters: LowRankAdapters,
    training others: [(name: String, part: any Module)] = []
  ) {
    self.base = base
    self.adapters = adapters
    self.others = others
  }

  /// What is trained.
  public var parts: [(name: String, part: Any)] {
    [(name: "adapters", part: adapters as Any)] + others.map { (name: $0.name, part: $0.part) }
  }

  /// That of the denoiser.
  public var preconditioning: Preconditioning { base.preconditioning }
  /// That of the denoiser.
  public var conditionWidth: Int { base.conditionWidth }

  /// The sums take the places of the weights while it runs.
  public var isReadOnly: Bool { adapters.isMerged }

  /// The estimate of clean images with the adapters.
  public func denoised(
    _ noisy: Tensor, level: Tensor, condition: Tensor?, _ pass: Pass
  ) -> Tensor {
    adapters.applied { base.denoised(noisy, level: level, condition: condition, pass) }
  }

  /// Those of the denoiser.
  public func condition(ofClasses labels: Tensor) -> Tensor? {
    base.condition(ofClasses: labels)
  }
}
