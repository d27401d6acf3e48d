import Torch

/// Normalisation over groups of channels, example by example (Wu and He, ECCV 2018): `[N, C, …]`.
public final class GroupNorm: Layer {
  /// The scale of every channel.
  @Parameter public var weight: Tensor
  /// The offset of every channel.
  @Parameter public var bias: Tensor
  private let groups: Int
  private let epsilon: Double

  /// A layer with scale 1 and offset 0; `groups` must divide `channels`.
  public init(_ channels: Int, groups: Int, epsilon: Double = 1e-5) {
    precondition(channels % groups == 0, "\(groups) groups do not divide \(channels) channels")
    _weight = Parameter(wrappedValue: .ones([channels]))
    _bias = Parameter(wrappedValue: .zeros([channels]))
    self.groups = groups
    self.epsilon = epsilon
  }

  /// Normalises, scales and shifts.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.groupNormalized(groups: groups, weight: weight, bias: bias, epsilon: epsilon)
  }

  /// The same, and `x * sigmoid(x)` of it.
  ///
  /// - Parameter shift: a vector for every image, `[N, C]`, that is added to its pixels before.
  public func activated(_ input: Tensor, shift: Tensor? = nil, _ pass: Pass) -> Tensor {
    input.groupNormalizedSiLU(
      shift: shift, groups: groups, weight: weight, bias: bias, epsilon: epsilon)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    "return torch.group_norm(x, \(groups), self.weight, self.bias, \(epsilon), False)"
  }
}
