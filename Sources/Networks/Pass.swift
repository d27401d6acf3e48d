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
  /// The part of a batch that this process has, where several share one.
  public let share: BatchShare?
  private let draws: Draws?

  private init(
    isTraining: Bool, updatesStatistics: Bool, statisticsWeight: Double? = nil,
    share: BatchShare? = nil, draws: Draws?
  ) {
    self.isTraining = isTraining
    self.updatesStatistics = updatesStatistics
    self.statisticsWeight = statisticsWeight
    self.share = share
    self.draws = draws
  }

  /// The pass of a finished network: running statistics, no dropout, nothing is changed.
  public static let evaluation = Pass(isTraining: false, updatesStatistics: false, draws: nil)

  /// A training pass.
  ///
  /// - Parameters:
  ///   - seed: what the dropout masks of this pass are drawn from; the same seed, the same masks.
  ///   - updatesStatistics: whether running statistics move; false for the extra passes of virtual
  ///     adversarial training and SAM.
  ///   - statisticsWeight: the weight of this batch in the running statistics, in place of the layers'
  ///     own; one over the number of batches so far makes them plain means.
  ///   - memory: what earlier passes with the same seed drew, which is then not drawn again.
  ///   - share: the part of the batch that this process has; statistics are those of the whole batch then, and
  ///     draws are the rows of what is drawn for all of it.
  public static func training(
    seed: UInt64, updatesStatistics: Bool = true, statisticsWeight: Double? = nil,
    memory: Memory? = nil, share: BatchShare? = nil
  ) -> Pass {
    Pass(
      isTraining: true, updatesStatistics: updatesStatistics, statisticsWeight: statisticsWeight,
      share: share, draws: Draws(seed: seed, memory: memory, share: share))
  }

  /// The pass of a finished network that is random by design, such as one with a ``VariationalBottleneck``:
  /// running statistics and no dropout, but what belongs to the model is drawn.
  ///
  /// - Parameter seed: what is drawn from. A row's draw depends on the seed, on its place and on the shape of
  ///   the batch. The expectation over seeds is what a fair attack on such a model climbs.
  public static func sampling(seed: UInt64) -> Pass {
    Pass(
      isTraining: false, updatesStatistics: false, draws: Draws(seed: seed, memory: nil, share: nil)
    )
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
    return withPrecision(precision, on: device, network).atLeastSinglePrecision()
  }

  /// What the next layer that draws at random draws, in the order in which layers run; `nil` in a pass
  /// that draws nothing.
  ///
  /// - Parameters:
  ///   - input: what the layer sees; the draw depends on its shape and type.
  ///   - setting: the layer's setting, such as a probability; the draw depends on it.
  ///   - draw: what draws a tensor of the shape and type of one that it is given.
  func nextDraw(
    like input: Tensor, setting: Double, _ draw: (Tensor, Generator) -> Tensor
  ) -> Tensor? {
    draws?.next(like: input, setting: setting, draw)
  }

  /// The draws of passes with one seed, so that the passes of virtual adversarial training share masks
  /// in place of drawing equal ones; it is used on one thread.
  public final class Memory: @unchecked Sendable {
    fileprivate struct Key: Hashable {
      let layer: UInt64
      let shape: [Int]
      let dtype: DType
      let setting: Double
    }
    fileprivate var draws: [Key: Tensor] = [:]

    /// A memory of nothing yet.
    public init() {}
  }
}

/// Counts the layers of one pass that draw; it runs on one thread.
private final class Draws: @unchecked Sendable {
  private let seed: UInt64
  private let memory: Pass.Memory?
  private let share: BatchShare?
  private var layer: UInt64 = 0

  init(seed: UInt64, memory: Pass.Memory?, share: BatchShare?) {
    self.seed = seed
    self.memory = memory
    self.share = share
  }

  func next(like input: Tensor, setting: Double, _ draw: (Tensor, Generator) -> Tensor) -> Tensor {
    defer { layer += 1 }
    let key = Pass.Memory.Key(
      layer: layer, shape: input.shape, dtype: input.dtype, setting: setting)
    if let known = memory?.draws[key] { return known }
    let drawn = drawn(for: input.detached(), draw)
    memory?.draws[key] = drawn
    return drawn
  }

  /// Of a batch that several processes share, the rows of what one process would draw for all of it. What is
  /// made of more than the rows of the batch is drawn by every process for itself.
  private func drawn(for input: Tensor, _ draw: (Tensor, Generator) -> Tensor) -> Tensor {
    guard let share else {
      return draw(input, Generator(seed: seed, purpose: "dropout", index: layer))
    }
    guard input.rank > 0, let rows = share.rows(ofCount: input.size(0)) else {
      return draw(
        input, Generator(seed: seed, purpose: "dropout.rank.\(share.rank)", index: layer))
    }
    let whole = input[0..<1].expanded([rows.total] + input.shape.dropFirst())
    return draw(whole, Generator(seed: seed, purpose: "dropout", index: layer))[rows.range]
  }
}
