import Torch

/// How a network is run this time: what its batch normalisation and its dropout do.
///
/// Mode and randomness are arguments, not state of the network, so there is nothing to restore after
/// an attack or an error, and an evaluation pass may run on several threads at once. Two passes with
/// the same seed drop the same units, which virtual adversarial training needs.
public struct Pass: Sendable {
  /// Whether batch normalisation uses the statistics of the batch, and dropout drops.
  public let isTraining: Bool
  /// Whether batch normalisation moves its running statistics towards those of the batch.
  public let updatesStatistics: Bool
  /// The weight of this batch in the running statistics, in place of the layers' own.
  public let statisticsWeight: Double?
  /// The precision of matrix products and convolutions; whoever runs a network as a whole sees to it
  /// (``outputs(of:on:)``), layers need not.
  public private(set) var precision = Precision.float32
  private let masks: MaskSource?

  private init(
    isTraining: Bool, updatesStatistics: Bool, statisticsWeight: Double? = nil, masks: MaskSource?
  ) {
    self.isTraining = isTraining
    self.updatesStatistics = updatesStatistics
    self.statisticsWeight = statisticsWeight
    self.masks = masks
  }

  /// The pass of a finished network: running statistics, no dropout, nothing is changed.
  public static let evaluation = Pass(isTraining: false, updatesStatistics: false, masks: nil)

  /// A training pass.
  ///
  /// - Parameters:
  ///   - seed: what the dropout masks of this pass are drawn from; the same seed, the same masks.
  ///   - updatesStatistics: whether running statistics move; false for the extra passes of virtual
  ///     adversarial training and SAM.
  ///   - statisticsWeight: the weight of this batch in the running statistics, in place of the layers'
  ///     own; one over the number of batches so far makes them plain means.
  public static func training(
    seed: UInt64, updatesStatistics: Bool = true, statisticsWeight: Double? = nil
  ) -> Pass {
    Pass(
      isTraining: true, updatesStatistics: updatesStatistics, statisticsWeight: statisticsWeight,
      masks: MaskSource(seed: seed))
  }

  /// The same pass in a precision.
  public func with(_ precision: Precision) -> Pass {
    var pass = self
    pass.precision = precision
    return pass
  }

  /// Runs a network in the precision of the pass. Its outputs come back in single precision at least, so
  /// that losses and divergences are computed in it.
  public func outputs(of network: () -> Tensor, on device: Device) -> Tensor {
    guard precision != .float32 else { return network() }
    let outputs = withPrecision(precision, on: device, network)
    return outputs.dtype == .bfloat16 ? outputs.to(.float32) : outputs
  }

  /// The generator of the next dropout layer, in the order in which layers run.
  public func nextGenerator() -> Generator? { masks?.next() }
}

/// Counts the dropout layers of one pass, which runs on one thread.
private final class MaskSource: @unchecked Sendable {
  private let seed: UInt64
  private var layer: UInt64 = 0

  init(seed: UInt64) { self.seed = seed }

  func next() -> Generator {
    defer { layer += 1 }
    return Generator(seed: seed, purpose: "dropout", index: layer)
  }
}
