import Torch

/// The mean of every window times the window's side, so that it is exactly 1-Lipschitz; windows do not
/// overlap: `[N, C, H, W]`.
public final class ScaledAveragePool2D: Layer {
  package let size: Int

  /// Windows of `size` by `size` pixels.
  public init(_ size: Int) { self.size = size }

  /// Pools.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.averagePooled2D(size: size) * size
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    "return torch.avg_pool2d(x, [\(size), \(size)], [\(size), \(size)]) * \(size)"
  }
}

/// The Euclidean norm of every window, which keeps the length of gradients; windows do not overlap:
/// `[N, C, H, W]`.
///
/// Boureau, Ponce and LeCun, "A theoretical analysis of feature pooling in visual recognition", ICML 2010,
/// with p = 2. The gradient where a window is zero is zero.
public final class ScaledL2NormPool2D: Layer {
  package let size: Int

  /// Windows of `size` by `size` pixels.
  public init(_ size: Int) { self.size = size }

  /// What a sum of squares is at least: below, gradients are zero. Its root is far below rounding.
  private static let least = 1e-30

  /// Pools.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let squares = input.squared().averagePooled2D(size: size) * (size * size)
    return squares.clamped(to: Self.least...).sqrt()
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    squares = torch.avg_pool2d(x * x, [\(size), \(size)], [\(size), \(size)]) * \(size * size)
    return torch.sqrt(torch.clamp_min(squares, \(Self.least)))
    """
  }
}

/// Every window's pixels as channels: `[N, C, H, W]` to `[N, C r², H / r, W / r]`. Nothing is lost and no
/// length changes.
public final class InvertibleDownsampling: Layer {
  private let factor: Int

  /// Windows of `factor` by `factor` pixels, which divides height and width.
  public init(_ factor: Int) { self.factor = factor }

  /// Rearranges.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.spaceToDepth(factor)
  }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.pixel_unshuffle(x, \(factor))" }
}

/// Channels as pixels of windows: `[N, C r², H, W]` to `[N, C, H r, W r]`. The inverse of
/// ``InvertibleDownsampling``.
public final class InvertibleUpsampling: Layer {
  private let factor: Int

  /// Windows of `factor` by `factor` pixels, whose number divides the channels.
  public init(_ factor: Int) { self.factor = factor }

  /// Rearranges.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.depthToSpace(factor)
  }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.pixel_shuffle(x, \(factor))" }
}
