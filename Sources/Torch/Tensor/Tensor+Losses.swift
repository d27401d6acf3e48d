extension Tensor {
  /// The cross-entropy of logits `[N, K]` with classes `[N]` (int64) or distributions `[N, K]`.
  public func crossEntropy(
    _ target: Tensor, reduction: Reduction = .mean, labelSmoothing: Double = 0
  ) -> Tensor {
    Operator.crossEntropyLoss(
      self, target, Tensor?.none, reduction.rawValue, -100, labelSmoothing)
  }
  /// The negative log-likelihood of log-probabilities `[N, K]` with classes `[N]`.
  public func negativeLogLikelihood(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    Operator.nllLoss(self, target, Tensor?.none, reduction.rawValue)
  }
  /// The squared error.
  public func squaredError(to target: Tensor, reduction: Reduction = .mean) -> Tensor {
    Operator.mseLoss(self, target, reduction.rawValue)
  }
  /// The absolute error.
  public func absoluteError(to target: Tensor, reduction: Reduction = .mean) -> Tensor {
    Operator.l1Loss(self, target, reduction.rawValue)
  }
  /// The Huber loss: squared near 0, absolute beyond `delta`.
  public func huberError(
    to target: Tensor, delta: Double = 1, reduction: Reduction = .mean
  ) -> Tensor {
    Operator.huberLoss(self, target, reduction.rawValue, delta)
  }
  /// The binary cross-entropy of logits with targets in [0, 1], computed stably.
  public func binaryCrossEntropy(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    Operator.binaryCrossEntropyWithLogits(
      self, target, Tensor?.none, Tensor?.none, reduction.rawValue)
  }
  /// `KL(p || q)` per example for logits `[N, K]` of `p` (self) and of `q`, in nats.
  ///
  /// It is summed as `p log(p / q) - p + q`: the two additions cancel over the classes, but with them
  /// the value and its gradient are exactly zero where both logits are the same, not only up to
  /// rounding, which steps along the sign of a gradient would blow up.
  public func klDivergence(toLogits other: Tensor) -> Tensor {
    let (p, q) = (logSoftmax(along: 1), other.logSoftmax(along: 1))
    let own = p.exp()
    return (own * (p - q) - own + q.exp()).sum(along: 1)
  }
  /// The cosine of the angle between vectors along a dimension.
  public func cosineSimilarity(to other: Tensor, along dimension: Int = 1) -> Tensor {
    Operator.cosineSimilarity(self, other, dimension)
  }
}

/// What becomes of the losses of single examples. Raw values are libtorch's.
public enum Reduction: Int, Sendable {
  /// They are returned.
  case none = 0
  /// Their mean.
  case mean = 1
  /// Their sum.
  case sum = 2
}
