import Torch

/// The places of an input: the pixels of a picture, whose channels come and go together, or the features of
/// other data.
struct Places: Sendable {
  /// The shape of one input.
  let shape: [Int]
  /// Rows; 1 for inputs that are no pictures.
  let height: Int
  /// Columns; the number of features for inputs that are no pictures.
  let width: Int

  init(_ shape: [Int]) {
    self.shape = shape
    (height, width) = shape.count == 3 ? (shape[1], shape[2]) : (1, shape.reduce(1, *))
  }

  /// Whether inputs are pictures `[C, H, W]`.
  var arePixels: Bool { shape.count == 3 }
  /// How many there are.
  var count: Int { height * width }

  /// Values of places `[R, P]` so that they broadcast over inputs `[R, …]`.
  func spread(_ values: Tensor) -> Tensor {
    arePixels
      ? values.reshaped([-1, 1, height, width]) : values.reshaped([-1] + shape)
  }

  /// Values of places `[R, P]` as maps: `[R, H, W]`, or `[R, …]` in the shape of inputs.
  func maps(_ values: Tensor) -> Tensor {
    arePixels ? values.reshaped([-1, height, width]) : values.reshaped([-1] + shape)
  }

  /// Maps as values of places, `[N, P]`; channels are averaged.
  func importances(_ maps: Tensor) -> Tensor {
    (maps.rank == 4 && arePixels ? maps.mean(along: 1) : maps).flattened(from: 1)
  }

  /// Inputs with what masks keep, and the baseline elsewhere.
  ///
  /// - Parameters:
  ///   - input: `[1, …]` or one a mask.
  ///   - masks: one where a place is kept, `[R, P]`.
  func blend(_ input: Tensor, _ baseline: Tensor, keeping masks: Tensor) -> Tensor {
    let masks = spread(masks.to(input.dtype))
    return baseline + (input - baseline) * masks
  }
}
