import Torch

/// Batch normalisation over examples and places, channel by channel: `[N, C]` or `[N, C, …]`.
///
/// Ioffe and Szegedy, ICML 2015. In a training pass the statistics are those of the batch; running
/// statistics move only when the pass says so, and then as new tensors, never in place.
public final class BatchNorm: Layer {
  /// The scale of every channel.
  @Parameter public var weight: Tensor
  /// The offset of every channel.
  @Parameter public var bias: Tensor
  /// The running mean of every channel.
  @Buffer public var runningMean: Tensor
  /// The running variance of every channel, of samples (divided by the count less one).
  @Buffer public var runningVar: Tensor
  /// How many batches have moved the running statistics, int64.
  @Buffer public var numBatchesTracked: Tensor
  private let momentum: Double
  package let epsilon: Double

  /// A layer that does nothing yet: scale 1, offset 0.
  ///
  /// - Parameters:
  ///   - momentum: the weight of a batch in the running statistics.
  ///   - epsilon: what is added to the variance.
  public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
    _weight = Parameter(wrappedValue: .ones([channels]))
    _bias = Parameter(wrappedValue: .zeros([channels]))
    _runningMean = Buffer(wrappedValue: .zeros([channels]))
    _runningVar = Buffer(wrappedValue: .ones([channels]))
    _numBatchesTracked = Buffer(wrappedValue: Tensor(0))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Normalises, scales and shifts.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    guard pass.isTraining else {
      return normalized(input, runningMean, runningVar, fromBatch: false)
    }
    if let share = pass.share { return normalized(input, over: share.group, pass) }
    guard pass.updatesStatistics else { return normalized(input, nil, nil, fromBatch: true) }
    let mean = runningMean.copy()
    let variance = runningVar.copy()
    let result = normalized(
      input, mean, variance, fromBatch: true, momentum: pass.statisticsWeight ?? momentum)
    runningMean = mean
    runningVar = variance
    numBatchesTracked = numBatchesTracked + 1
    return result
  }

  private func normalized(
    _ input: Tensor, _ mean: Tensor?, _ variance: Tensor?, fromBatch: Bool, momentum: Double = 0
  ) -> Tensor {
    input.batchNormalized(
      weight: weight, bias: bias, runningMean: mean, runningVariance: variance,
      usesBatchStatistics: fromBatch, momentum: momentum, epsilon: epsilon)
  }

  /// With the statistics of a batch that several processes share, as if one had all of it.
  private func normalized(_ input: Tensor, over group: ProcessGroup, _ pass: Pass) -> Tensor {
    let (output, mean, variance, count) = group.batchNormalized(
      input.atLeastSinglePrecision(), weight: weight, bias: bias, epsilon: epsilon)
    if pass.updatesStatistics {
      let momentum = pass.statisticsWeight ?? momentum
      let unbiased = (variance * (count / (count - 1))).to(variance.dtype)
      runningMean = runningMean * (1 - momentum) + mean * momentum
      runningVar = runningVar * (1 - momentum) + unbiased * momentum
      numBatchesTracked = numBatchesTracked + 1
    }
    return output.to(input.dtype)
  }

  /// The evaluation pass in TorchScript.
  public var scriptSource: String {
    """
    return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, \
    False, \(momentum), \(epsilon), False)
    """
  }
}
