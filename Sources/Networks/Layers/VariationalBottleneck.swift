import Torch

/// A variational information bottleneck: `[N, 2 k]` to `[N, k]`, `z = μ + σ n` with standard normal n.
///
/// The first k numbers of an example are its μ, the others its s, with `σ = softplus(s - 5)` (Alemi et al., "Deep
/// variational information bottleneck", ICLR 2017; as a defence Wang et al., "Improving robustness to model
/// inversion attacks via mutual information regularization" (MID), AAAI 2021). What z says of an input is bounded
/// by the mean of ``divergence(_:)`` over inputs.
///
/// Training passes draw n, and so do sampling passes (``Pass/sampling(seed:)``): the published code draws also
/// when it answers, which makes a random model of it. An evaluation pass, and so an exported model, answers with μ.
public final class VariationalBottleneck: Layer {
  /// The number of coordinates of z, k.
  public let size: Int

  /// A bottleneck of so many coordinates, at least 1.
  public init(_ size: Int) {
    precondition(size >= 1, "a bottleneck of \(size) coordinates")
    self.size = size
  }

  /// μ, `[N, k]`, of the layer's input.
  public func mean(_ input: Tensor) -> Tensor { input.narrowed(to: 0..<size, along: 1) }

  /// σ, `[N, k]`, of the layer's input.
  public func deviation(_ input: Tensor) -> Tensor {
    (input.narrowed(to: size..<2 * size, along: 1) - 5).softplus()
  }

  /// `KL(N(μ, σ²) || N(0, 1)) = -½ Σ (1 + 2 ln σ - μ² - σ²)` of every example, `[N]`, in nats.
  public func divergence(_ input: Tensor) -> Tensor {
    let (mean, deviation) = (mean(input), deviation(input))
    // σ of float32 is zero below s = -98; its logarithm need not be.
    let logarithm = deviation.clamped(to: 1e-30...).log()
    return ((logarithm * 2 + 1) - mean.squared() - deviation.squared()).sum(along: 1) * -0.5
  }

  /// z where the pass draws, μ otherwise.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let mean = mean(input)
    let noise = pass.nextDraw(like: mean, setting: 1) {
      Tensor.normal($0.shape, dtype: $0.dtype, using: $1).to($0.device)
    }
    return noise.map { mean + deviation(input) * $0 } ?? mean
  }

  /// μ.
  public var scriptSource: String { "return torch.narrow(x, 1, 0, \(size))" }
}

extension Layer {
  /// The network with a bottleneck before its last layer: what was a linear map from D numbers to K outputs
  /// becomes one from D to 2 k, the bottleneck, and one from k to K.
  ///
  /// All other layers are the network's own, with their weights.
  ///
  /// - Parameters:
  ///   - size: k, at least 1.
  ///   - generator: what the two linear maps are drawn from.
  /// - Returns: `nil` for a network that does not end with a linear map, or whose layers are not known.
  public func withBottleneck(_ size: Int, using generator: Generator) -> Sequential? {
    let stages = flatStages
    guard size >= 1, let last = stages.last as? Linear, stages.count > 1 else { return nil }
    let (outputs, inputs) = (last.weight.size(0), last.weight.size(1))
    return Sequential(
      stages.dropLast() + [
        Linear(inputs, 2 * size, using: generator), VariationalBottleneck(size),
        Linear(size, outputs, using: generator),
      ])
  }
}
