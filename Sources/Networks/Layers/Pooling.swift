import Torch

/// The largest element of every window: `[N, C, H, W]`.
public final class MaxPool2D: Layer {
  package let size: Int
  package let stride: Int
  package let padding: Int

  /// A layer; windows do not overlap unless `stride` says so.
  public init(_ size: Int, stride: Int? = nil, padding: Int = 0) {
    self.size = size
    self.stride = stride ?? size
    self.padding = padding
  }

  /// Pools.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.maxPooled2D(size: size, stride: stride, padding: padding)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    return torch.max_pool2d(x, [\(size), \(size)], [\(stride), \(stride)], \
    [\(padding), \(padding)], [1, 1], False)
    """
  }
}

/// The mean of every window: `[N, C, H, W]`.
public final class AveragePool2D: Layer {
  package let size: Int
  package let stride: Int

  /// A layer; windows do not overlap unless `stride` says so.
  public init(_ size: Int, stride: Int? = nil) {
    self.size = size
    self.stride = stride ?? size
  }

  /// Pools.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.averagePooled2D(size: size, stride: stride)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    "return torch.avg_pool2d(x, [\(size), \(size)], [\(stride), \(stride)])"
  }
}

/// The mean of every channel over all places: `[N, C, H, W]` to `[N, C]`.
public final class GlobalAveragePool: Layer {
  /// The layer.
  public init() {}

  /// Averages.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor { input.mean(along: 2, 3) }

  /// The layer in TorchScript.
  public var scriptSource: String { "return torch.mean(x, [2, 3])" }
}
