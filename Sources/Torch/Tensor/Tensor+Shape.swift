extension Tensor {
  /// The same elements in another shape; one size may be -1 and is then inferred.
  public func reshaped(_ shape: [Int]) -> Tensor { Operator.reshape(self, shape) }
  /// The same elements in another shape; one size may be -1 and is then inferred.
  public func reshaped(_ shape: Int...) -> Tensor { Operator.reshape(self, shape) }
  /// The dimensions from `start` on merged into one: `[N, C, H, W]` becomes `[N, C * H * W]`.
  public func flattened(from start: Int = 0) -> Tensor { Operator.flatten(self, start) }
  /// The dimensions in another order.
  public func permuted(_ dimensions: Int...) -> Tensor { Operator.permute(self, dimensions) }
  /// Two dimensions exchanged.
  public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    Operator.transpose(self, first, second)
  }
  /// Without a dimension of size 1.
  public func squeezed(_ dimension: Int) -> Tensor { Operator.squeezeDim(self, dimension) }
  /// Without any dimension of size 1.
  public func squeezed() -> Tensor { Operator.squeeze(self) }
  /// With a new dimension of size 1.
  public func unsqueezed(_ dimension: Int) -> Tensor { Operator.unsqueeze(self, dimension) }
  /// Dimensions of size 1 repeated without copying; -1 keeps a size.
  public func expanded(_ shape: [Int]) -> Tensor { Operator.expand(self, shape) }
  /// Copies side by side, as many along each dimension.
  public func repeated(_ counts: Int...) -> Tensor { Operator.repeat(self, counts) }
  /// Every slice along a dimension `count` times in a row.
  public func repeatedInterleaving(_ count: Int, along dimension: Int) -> Tensor {
    Operator.repeatInterleave(self, count, dimension)
  }
  /// The order reversed along some dimensions.
  public func flipped(_ dimensions: Int...) -> Tensor { Operator.flip(self, dimensions) }
  /// Shifted along dimensions, what leaves at one end enters at the other.
  public func rolled(by shifts: [Int], along dimensions: [Int]) -> Tensor {
    Operator.roll(self, shifts, dimensions)
  }
  /// The lower triangle of matrices.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor { Operator.tril(self, diagonal) }
  /// The upper triangle of matrices.
  public func upperTriangle(diagonal: Int = 0) -> Tensor { Operator.triu(self, diagonal) }
  /// The diagonals of matrices.
  public func diagonal(offset: Int = 0) -> Tensor { Operator.diagonal(self, offset, -2, -1) }
  /// Matrices with the last dimension as their diagonals.
  public func diagonalMatrix() -> Tensor { Operator.diagEmbed(self) }
  /// Padding from the last dimension backwards: `[left, right, top, bottom, …]`.
  public func padded(_ amounts: [Int], mode: PaddingMode = .zeros) -> Tensor {
    mode == .zeros
      ? Operator.pad(self, amounts, "constant", 0.0) : Operator.pad(self, amounts, mode.rawValue)
  }
  /// Sliding windows of a dimension, as a new last dimension.
  public func windows(along dimension: Int, size: Int, step: Int) -> Tensor {
    Operator.unfold(self, dimension, size, step)
  }
  /// `[N, C * r², H, W]` to `[N, C, H * r, W * r]`.
  public func depthToSpace(_ factor: Int) -> Tensor { Operator.pixelShuffle(self, factor) }
  /// `[N, C, H * r, W * r]` to `[N, C * r², H, W]`.
  public func spaceToDepth(_ factor: Int) -> Tensor { Operator.pixelUnshuffle(self, factor) }

  /// Tensors one after the other along an existing dimension.
  public static func concatenated(_ tensors: [Tensor], along dimension: Int = 0) -> Tensor {
    Operator.cat(tensors, dimension)
  }
  /// Tensors of one shape side by side along a new dimension.
  public static func stacked(_ tensors: [Tensor], along dimension: Int = 0) -> Tensor {
    Operator.stack(tensors, dimension)
  }
  /// Pieces of a size along a dimension; the last may be smaller.
  public func split(size: Int, along dimension: Int = 0) -> [Tensor] {
    Operator.splitTensor.list(self, size, dimension)
  }
  /// A number of pieces along a dimension.
  public func chunks(_ count: Int, along dimension: Int = 0) -> [Tensor] {
    let chunks = Operator.chunk.list(self, count, dimension)
    return chunks.isEmpty ? Array(repeating: .placeholder, count: count) : chunks
  }

  /// The elements as another type.
  public func to(_ dtype: DType) -> Tensor {
    dtype == self.dtype ? self : Operator.toDtype(self, dtype)
  }
  /// The elements in single precision where they are in a lower one; the tensor itself otherwise.
  public func atLeastSinglePrecision() -> Tensor { dtype == .bfloat16 ? to(.float32) : self }
  /// The elements on another device.
  public func to(_ device: Device) -> Tensor {
    device == self.device ? self : Operator.toDevice(self, device, dtype)
  }
  /// The elements in row-major order without gaps; the tensor itself where they are already.
  public func contiguous() -> Tensor { Operator.contiguous(self) }
  /// The same images `[N, C, H, W]` with the channels of a place side by side in memory, where that
  /// makes convolutions and pooling faster: float32 on the CPU.
  public func channelsLast() -> Tensor {
    guard rank == 4, dtype == .float32, device == .cpu else { return self }
    let channelsLast = 2
    // With one channel both orders are the same, and only a copy says which one is meant.
    return size(1) == 1
      ? Operator.clone(self, channelsLast) : Operator.contiguous(self, channelsLast)
  }
  /// A copy.
  public func copy() -> Tensor { Operator.clone(self) }
}

/// What lies outside the edge when an image is padded. Raw values are libtorch's.
public enum PaddingMode: String, Sendable, Codable, CaseIterable {
  /// Zeros.
  case zeros
  /// The mirror image, without the edge itself.
  case reflect
  /// The edge.
  case replicate
  /// The opposite edge.
  case circular
}
