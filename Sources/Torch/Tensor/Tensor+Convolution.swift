extension Tensor {
  /// `self * weightᵀ + bias`: `[…, in]` and `[out, in]` to `[…, out]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    Operator.linear(self, weight, bias)
  }
  /// A convolution over sequences: `[N, in, L]` and `[out, in / groups, k]`.
  public func convolved1D(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) -> Tensor {
    Operator.conv1d(self, weight, bias, [stride], [padding], [dilation], groups)
  }
  /// A convolution over images: `[N, in, H, W]` and `[out, in / groups, k, k]`.
  public func convolved2D(
    _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1], padding: [Int] = [0, 0],
    dilation: [Int] = [1, 1], groups: Int = 1
  ) -> Tensor {
    Operator.conv2d(self, weight, bias, stride, padding, dilation, groups)
  }
  /// The transposed convolution over images: `[N, in, H, W]` and `[in, out / groups, k, k]`.
  public func transposeConvolved2D(
    _ weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1, 1], padding: [Int] = [0, 0],
    outputPadding: [Int] = [0, 0], groups: Int = 1
  ) -> Tensor {
    Operator.convTranspose2d(self, weight, bias, stride, padding, outputPadding, groups)
  }

  /// The largest element of every window: `[N, C, H, W]`.
  public func maxPooled2D(size: Int, stride: Int? = nil, padding: Int = 0) -> Tensor {
    let stride = stride ?? size
    return Operator.maxPool2d(self, [size, size], [stride, stride], [padding, padding])
  }
  /// The mean of every window: `[N, C, H, W]`.
  public func averagePooled2D(size: Int, stride: Int? = nil, padding: Int = 0) -> Tensor {
    let stride = stride ?? size
    return Operator.avgPool2d(self, [size, size], [stride, stride], [padding, padding])
  }
  /// The largest element of every window: `[N, C, L]`.
  public func maxPooled1D(size: Int, stride: Int? = nil, padding: Int = 0) -> Tensor {
    Operator.maxPool1d(self, [size], [stride ?? size], [padding])
  }
  /// The means of as many windows as the output has places: `[N, C, H, W]`.
  public func adaptiveAveragePooled2D(to size: [Int]) -> Tensor {
    Operator.adaptiveAvgPool2d(self, size)
  }

  /// Normalisation over batch and places, channel by channel.
  ///
  /// - Parameters:
  ///   - runningMean: the statistics used unless `usesBatchStatistics`; written to when both.
  ///   - usesBatchStatistics: whether mean and variance come from this batch.
  ///   - momentum: the weight of this batch in the running statistics.
  public func batchNormalized(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?,
    usesBatchStatistics: Bool, momentum: Double = 0.1, epsilon: Double = 1e-5
  ) -> Tensor {
    Operator.batchNorm(
      self, weight, bias, runningMean, runningVariance, usesBatchStatistics, momentum, epsilon,
      false)
  }
  /// Normalisation over groups of channels, example by example.
  public func groupNormalized(
    groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> Tensor {
    Operator.groupNorm(self, groups, weight, bias, epsilon)
  }
  /// `x * sigmoid(x)` of ``groupNormalized(groups:weight:bias:epsilon:)``: one pass over images with channels
  /// last, and one for the gradient.
  ///
  /// - Parameter shift: a vector for every image, `[N, C]`, that is added to its pixels before.
  public func groupNormalizedSiLU(
    shift: Tensor? = nil, groups: Int, weight: Tensor, bias: Tensor, epsilon: Double = 1e-5
  ) -> Tensor {
    Operator.groupNormSiLU(self, shift, groups, weight, bias, epsilon)
  }
  /// Normalisation over the last dimensions, which have the given shape.
  public func layerNormalized(
    _ shape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) -> Tensor {
    Operator.layerNorm(self, shape, weight, bias, epsilon)
  }

  /// The rows of this matrix at the given indices: `[V, D]` and `[…]` to `[…, D]`.
  public func embedding(_ indices: Tensor) -> Tensor { Operator.embedding(self, indices) }
  /// `softmax(q kᵀ / √d) v`, with `self` as queries: `[…, L, d]`.
  public func attention(keys: Tensor, values: Tensor, mask: Tensor? = nil) -> Tensor {
    Operator.scaledDotProductAttention(self, keys, values, mask)
  }
  /// Images at another size: `[N, C, H, W]`.
  public func resized(to size: [Int], mode: Interpolation = .bilinear) -> Tensor {
    switch mode {
    case .nearest: Operator.upsampleNearest2d(self, size, [Double]?.none)
    case .bilinear: Operator.upsampleBilinear2d(self, size, false, [Double]?.none)
    }
  }
  /// Images sampled at places in [-1, 1], `[N, H, W, 2]` as (x, y), zeros outside.
  public func sampled(at grid: Tensor) -> Tensor { Operator.gridSampler(self, grid, 0, 0, false) }
  /// The places that affine maps `[N, 2, 3]` send the pixels of `[N, C, H, W]` images to.
  public func affineGrid(shape: [Int]) -> Tensor {
    Operator.affineGridGenerator(self, shape, false)
  }
}

/// How images are read between pixels.
public enum Interpolation: String, Sendable, Codable, CaseIterable {
  /// The nearest pixel.
  case nearest
  /// The weighted mean of the four nearest pixels.
  case bilinear
}
