extension Tensor {
  /// The sum of all elements.
  public func sum() -> Tensor { Operator.sum(self) }
  /// The sum along some dimensions.
  public func sum(along dimensions: Int..., keepingDimensions: Bool = false) -> Tensor {
    Operator.sumDim(self, dimensions, keepingDimensions)
  }
  /// The sum along some dimensions.
  public func sum(along dimensions: [Int], keepingDimensions: Bool = false) -> Tensor {
    Operator.sumDim(self, dimensions, keepingDimensions)
  }
  /// The mean of all elements.
  public func mean() -> Tensor { Operator.mean(self) }
  /// The mean along some dimensions.
  public func mean(along dimensions: Int..., keepingDimensions: Bool = false) -> Tensor {
    Operator.meanDim(self, dimensions, keepingDimensions)
  }
  /// The mean along some dimensions.
  public func mean(along dimensions: [Int], keepingDimensions: Bool = false) -> Tensor {
    Operator.meanDim(self, dimensions, keepingDimensions)
  }
  /// The product of all elements.
  public func product() -> Tensor { Operator.prod(self) }
  /// The product along a dimension.
  public func product(along dimension: Int, keepingDimensions: Bool = false) -> Tensor {
    Operator.prodDim(self, dimension, keepingDimensions)
  }
  /// The largest element; gradients are shared among ties.
  public func max() -> Tensor { Operator.amax(self) }
  /// The largest elements along some dimensions; gradients are shared among ties.
  public func max(along dimensions: Int..., keepingDimensions: Bool = false) -> Tensor {
    Operator.amax(self, dimensions, keepingDimensions)
  }
  /// The smallest element; gradients are shared among ties.
  public func min() -> Tensor { Operator.amin(self) }
  /// The smallest elements along some dimensions; gradients are shared among ties.
  public func min(along dimensions: Int..., keepingDimensions: Bool = false) -> Tensor {
    Operator.amin(self, dimensions, keepingDimensions)
  }
  /// The largest elements along a dimension and where they are (the gradient goes there).
  public func maxWithIndices(along dimension: Int) -> (values: Tensor, indices: Tensor) {
    Operator.maxDim.pair(self, dimension)
  }
  /// The smallest elements along a dimension and where they are (the gradient goes there).
  public func minWithIndices(along dimension: Int) -> (values: Tensor, indices: Tensor) {
    Operator.minDim.pair(self, dimension)
  }
  /// Where the largest element along a dimension is, int64.
  public func argmax(along dimension: Int) -> Tensor { Operator.argmax(self, dimension) }
  /// Where the smallest element along a dimension is, int64.
  public func argmin(along dimension: Int) -> Tensor { Operator.argmin(self, dimension) }
  /// The variance along some dimensions, divided by the count less `correction`.
  public func variance(
    along dimensions: [Int], correction: Int = 0, keepingDimensions: Bool = false
  ) -> Tensor {
    Operator.variance(self, dimensions, correction, keepingDimensions)
  }
  /// The standard deviation along some dimensions, with the count less `correction`.
  public func standardDeviation(
    along dimensions: [Int], correction: Int = 0, keepingDimensions: Bool = false
  ) -> Tensor {
    Operator.std(self, dimensions, correction, keepingDimensions)
  }
  /// `log(sum(exp(x)))` along a dimension, computed stably.
  public func logSumExp(along dimension: Int, keepingDimensions: Bool = false) -> Tensor {
    Operator.logsumexp(self, [dimension], keepingDimensions)
  }
  /// The running sum along a dimension.
  public func cumulativeSum(along dimension: Int) -> Tensor { Operator.cumsum(self, dimension) }
  /// The running product along a dimension.
  public func cumulativeProduct(along dimension: Int) -> Tensor {
    Operator.cumprod(self, dimension)
  }
  /// The vector norm of some order (1, 2, infinity, …) along some dimensions.
  public func norm(
    order: Double = 2, along dimensions: [Int]? = nil, keepingDimensions: Bool = false
  ) -> Tensor {
    Operator.vectorNorm(self, order, dimensions, keepingDimensions)
  }
  /// The lower median along a dimension and where it is.
  public func median(along dimension: Int) -> (values: Tensor, indices: Tensor) {
    Operator.medianDim.pair(self, dimension)
  }
  /// Quantiles in [0, 1] along a dimension, interpolated linearly.
  public func quantile(_ levels: Tensor, along dimension: Int) -> Tensor {
    Operator.quantile(self, levels, dimension)
  }
  /// The number of non-zero elements along some dimensions, int64.
  public func nonZeroCount(along dimensions: Int...) -> Tensor {
    Operator.countNonzeroDim(self, dimensions)
  }
}
