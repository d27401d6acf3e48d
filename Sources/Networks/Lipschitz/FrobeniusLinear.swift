import Torch

/// An affine map whose weight has length 1, as a whole or row by row: `[…, in]` to `[…, out]`.
///
/// Serrurier et al., "Achieving robustness in classification using optimal transport with hinge
/// regularization", CVPR 2021. Row by row every output by itself lengthens nothing, but the vector of `K`
/// outputs can be lengthened by up to √K: certify such a network class by class, or pair by pair.
public final class FrobeniusLinear: ConstrainedLayer {
  /// What has length 1.
  public enum Scope: String, Sendable, CaseIterable {
    /// Every row, so that outputs do not share their length.
    case rows
    /// The matrix.
    case whole
  }

  /// The free weight, `[out, in]`.
  @Parameter public var weight: Tensor
  /// The bias, `[out]`, where there is one.
  public let bias: Parameter?
  private let scope: Scope

  /// A layer with a random orthogonal weight.
  public init(
    _ inputs: Int, _ outputs: Int, scope: Scope = .rows, hasBias: Bool = true,
    using generator: Generator
  ) {
    _weight = Parameter(
      wrappedValue: Initialiser.orthogonal.weight([outputs, inputs], using: generator))
    bias = hasBias ? Parameter(wrappedValue: .zeros([outputs])) : nil
    self.scope = scope
  }

  /// The weight as it acts now, `[out, in]`; zero weights stay zero.
  public var normalisedWeight: Tensor {
    let length = weight.norm(along: scope == .rows ? [1] : [0, 1], keepingDimensions: true)
    return weight / length.clamped(to: 1e-12...)
  }

  /// Applies the map.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.linear(normalisedWeight, bias: bias?.value)
  }

  /// A plain linear layer.
  public func materialised() -> any Layer { Linear(weight: normalisedWeight, bias: bias?.value) }
}
