import Torch

/// Takes every channel's mean over the batch away and adds a learned offset: `[N, C]` or `[N, C, …]`.
///
/// Batch normalisation without its division, which no Lipschitz constant would survive. A finished network
/// takes the running mean away, which is a shift.
public final class BatchCentring: Layer {
  /// The offset of every channel.
  @Parameter public var bias: Tensor
  /// The running mean of every channel.
  @Buffer public var runningMean: Tensor
  private let momentum: Double

  /// A layer with offset 0.
  ///
  /// - Parameter momentum: the weight of a batch in the running mean.
  public init(_ channels: Int, momentum: Double = 0.1) {
    _bias = Parameter(wrappedValue: .zeros([channels]))
    _runningMean = Buffer(wrappedValue: .zeros([channels]))
    self.momentum = momentum
  }

  /// Centres.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    var mean = runningMean
    if pass.isTraining {
      mean = input.mean(along: [0] + Array(2..<max(2, input.rank)))
      if pass.updatesStatistics {
        runningMean = runningMean.interpolated(
          to: mean.detached(), weight: pass.statisticsWeight ?? momentum)
      }
    }
    return input
      + (bias - mean).reshaped([1, -1] + Array(repeating: 1, count: input.rank - 2))
  }

  /// The evaluation pass in TorchScript.
  public var scriptSource: String {
    """
    return x + torch.reshape(self.bias - self.running_mean, [1, -1] + [1] * (x.dim() - 2))
    """
  }
}

/// Takes every example's mean over its places away, channel by channel, and adds a learned offset:
/// `[N, C, H, W]`. It is a projection.
public final class LayerCentring: Layer {
  /// The offset of every channel.
  @Parameter public var bias: Tensor

  /// A layer with offset 0.
  public init(_ channels: Int) { _bias = Parameter(wrappedValue: .zeros([channels])) }

  /// Centres.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input - input.mean(along: [2, 3], keepingDimensions: true) + bias.reshaped(1, -1, 1, 1)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    "return x - torch.mean(x, [2, 3], True) + torch.reshape(self.bias, [1, -1, 1, 1])"
  }
}
