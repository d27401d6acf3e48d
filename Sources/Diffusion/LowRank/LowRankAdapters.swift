import Networks
import Torch

/// Low-rank changes of some layers of a network: `W + (α/r) B A` (LoRA; Hu et al., ICLR 2022).
///
/// A convolution's `[out, in, k, k]` is adapted as a matrix `[out · k, in · k]`. `A` starts random and
/// `B` at zero, so that nothing changes at first. The network itself stays as it is: a pass within
/// ``applied(_:)`` sees the sums, and ``merge()`` writes them.
public final class LowRankAdapters: Module {
  /// The two factors of one layer's change.
  public final class Adapter: Module {
    /// `A`, `[r, in]`, or `[r · k, in · k]` of a convolution.
    @Parameter public var loraA: Tensor
    /// `B`, `[out, r]`, or `[out · k, r · k]` of a convolution.
    @Parameter public var loraB: Tensor

    fileprivate init(of weight: Tensor, rank: Int, using generator: Generator) {
      let kernel = weight.rank > 2 ? weight.size(-1) : 1
      let (rows, columns) = (weight.size(0) * kernel, weight.size(1) * kernel)
      // PyTorch's default for linear layers, which the article's code takes.
      _loraA = Parameter(
        wrappedValue: Initialiser.torchDefault.weight([rank * kernel, columns], using: generator))
      _loraB = Parameter(wrappedValue: .zeros([rows, rank * kernel]))
    }
  }

  /// The rank r.
  public let rank: Int
  /// What the product is scaled by, `α/r`.
  public let scale: Double
  /// The names of the adapted layers, in the order of the network.
  public let layers: [String]
  /// Their adapters.
  public let adapters: [Adapter]
  private let weights: [Parameter]
  /// Whether the changes are in the network's weights now.
  public private(set) var isMerged = false

  /// Adapters of the linear and convolutional layers that `isAdapted` chooses by their dotted names.
  ///
  /// - Throws: ``DiffusionError`` for a rank or a scale that cannot be, or when no layer is chosen.
  public init(
    of network: any Module, rank: Int = 4, alpha: Double = 4, using generator: Generator,
    where isAdapted: (String) -> Bool
  ) throws(DiffusionError) {
    try DiffusionError.require(rank >= 1 && rank <= 4096, "rank", rank, "at least 1")
    try DiffusionError.require(alpha > 0 && alpha.isFinite, "alpha", alpha, "positive and finite")
    let known = Self.adaptable(in: network)
    let chosen = known.filter { isAdapted($0.name) }
    guard !chosen.isEmpty else {
      throw .unknownLayer("(the choice is empty)", known: known.map(\.name))
    }
    self.rank = rank
    scale = alpha / Double(rank)
    layers = chosen.map(\.name)
    weights = chosen.map(\.weight)
    adapters = chosen.map { Adapter(of: $0.weight.value, rank: rank, using: generator) }
  }

  /// Adapters of layers with these dotted names.
  ///
  /// - Throws: ``DiffusionError/unknownLayer(_:known:)`` for a name that no such layer has.
  public convenience init(
    of network: any Module, named names: [String], rank: Int = 4, alpha: Double = 4,
    using generator: Generator
  ) throws(DiffusionError) {
    let known = Self.adaptable(in: network).map(\.name)
    if let name = names.first(where: { !known.contains($0) }) {
      throw .unknownLayer(name, known: known)
    }
    try self.init(of: network, rank: rank, alpha: alpha, using: generator) { names.contains($0) }
  }

  /// The layers that can be adapted.
  private static func adaptable(
    in network: any Module
  ) -> [(name: String, weight: Parameter)] {
    network.namedLeaves.compactMap { name, layer in
      switch layer {
      case let linear as Linear: (name: name, weight: linear.$weight)
      case let convolution as Conv2D: (name: name, weight: convolution.$weight)
      default: nil
      }
    }
  }

  /// The factors under the names of their layers.
  public var parts: [(name: String, part: Any)] {
    zip(layers, adapters).map { (name: $0, part: $1) }
  }

  /// The change of every adapted weight, with its history.
  public var changes: [Tensor] {
    zip(adapters, weights).map { adapter, weight in
      (adapter.loraB.matmul(adapter.loraA) * scale).reshaped(weight.value.shape)
    }
  }

  /// Runs `body` with the sums in place of the adapted weights; gradients reach the factors alone.
  ///
  /// The network must not be used on other threads meanwhile.
  public func applied<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard !isMerged else { return try body() }
    let sums = zip(weights, changes).map { $0.value.detached() + $1 }
    return try weights.withValues(sums, body)
  }

  /// Adds the changes to the network's weights; once.
  public func merge() { move(by: 1, when: !isMerged) }

  /// Takes them back, to rounding.
  public func unmerge() { move(by: -1, when: isMerged) }

  private func move(by sign: Double, when isDue: Bool) {
    guard isDue else { return }
    withoutGradients {
      for (weight, change) in zip(weights, changes) {
        weight.replace(with: weight.value.detached() + change.detached() * sign)
      }
    }
    isMerged.toggle()
  }

  /// `Σ ‖A‖² + ‖B‖²`, twice a bound on the sum of the changes' nuclear norms before scaling.
  public var penalty: Tensor {
    parameters.reduce(Tensor.zeros([])) { $0 + $1.value.squared().sum() }
  }
}
