import Torch

/// Reflects pairs of channels, one of the first half and one of the second, that lie on one side of a line
/// with a learned angle: `[N, C, …]`. It keeps norms and is continuous.
///
/// Singla, Singla and Feizi, "Improved deterministic l2 robustness on CIFAR-10 and CIFAR-100", ICLR 2022,
/// order 1.
public final class Householder: Layer {
  /// The angle of every pair, `[C / 2]`, in radians.
  @Parameter public var angle: Tensor

  /// A layer for an even number of channels; at first it puts pairs into the order minimum, maximum.
  public init(_ channels: Int) {
    precondition(channels % 2 == 0, "\(channels) channels are no pairs")
    _angle = Parameter(wrappedValue: .full([channels / 2], Double.pi / 2))
  }

  /// Reflects.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard let (x, y) = input.channelHalves(layer: "Householder") else { return input }
    let theta = angle.reshaped([1, -1] + Array(repeating: 1, count: input.rank - 2))
    let isReflected = (x * (theta / 2).sin() - y * (theta / 2).cos()).greater(than: 0)
    let (cosine, sine) = (theta.cos(), theta.sin())
    return .concatenated(
      [
        (x * cosine + y * sine).where(isReflected, else: x),
        (x * sine - y * cosine).where(isReflected, else: y),
      ], along: 1)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    a, b = torch.chunk(x, 2, 1)
    t = torch.reshape(self.angle, [1, -1] + [1] * (x.dim() - 2))
    reflected = a * torch.sin(t / 2) - b * torch.cos(t / 2) > 0
    first = torch.where(reflected, a * torch.cos(t) + b * torch.sin(t), a)
    second = torch.where(reflected, a * torch.sin(t) - b * torch.cos(t), b)
    return torch.cat([first, second], 1)
    """
  }
}
