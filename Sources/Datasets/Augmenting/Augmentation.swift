import Torch

/// Random changes to training images, made before they enter a network.
///
/// What happens to an example depends on the seed, the epoch and the example alone: not on the batch
/// that it is in, nor on its position there.
public struct Augmentation: Sendable, Equatable, Codable {
  /// What stands outside an image's border.
  public enum Padding: String, Sendable, Codable, CaseIterable {
    /// Black, 0.
    case zero
    /// The image mirrored at its border pixels, which are not repeated.
    case reflect
  }

  /// One random change.
  public enum Step: Sendable, Equatable, Codable {
    /// Moves the image by up to `pixels` in each direction, every whole number of pixels equally
    /// likely.
    case shift(pixels: Int, padding: Padding)
    /// Mirrors left and right with a probability in 0...1.
    case flip(probability: Double)
    /// Cuts out `height` x `width` pixels at a random place of the image padded by `padding` on
    /// every side.
    case crop(height: Int, width: Int, padding: Int, mode: Padding)
  }

  /// The changes, in order.
  public let steps: [Step]

  /// Changes that are made in order.
  ///
  /// - Throws: `DatasetError` (badSetting) for negative sizes, empty crops, or a probability
  ///   outside 0...1.
  public init(_ steps: [Step]) throws {
    for step in steps {
      let isValid =
        switch step {
        case .shift(let pixels, _): 0...(1 << 20) ~= pixels
        case .flip(let probability): 0...1 ~= probability
        case .crop(let height, let width, let padding, _):
          1...(1 << 20) ~= height && 1...(1 << 20) ~= width && 0...(1 << 20) ~= padding
        }
      guard isValid else {
        throw Augmentation.error(
          "the step \(step) is impossible",
          remedy: "give sizes that are not negative and a probability from 0 to 1")
      }
    }
    self.steps = steps
  }

  private static func error(_ problem: String, remedy: String) -> DatasetError {
    DatasetError(.badSetting, in: "augmentation", problem, remedy: remedy)
  }

  /// A batch with changed copies of the inputs.
  ///
  /// - Parameters:
  ///   - batch: images `[N, C, H, W]`, float32.
  ///   - seed: the seed of the run.
  ///   - epoch: how often the data set was passed over before.
  /// - Throws: `DatasetError` (badSetting) when the inputs are no images or too small for a step.
  public func apply(to batch: Batch, seed: UInt64, epoch: Int) throws -> Batch {
    let shape = batch.inputs.shape
    guard shape.count == 4, batch.inputs.dtype == .float32 else {
      throw Augmentation.error(
        "the inputs are \(batch.inputs.dtype) of shape \(shape), not float32 images",
        remedy: "augment images [N, C, H, W] only")
    }
    let maps = try batch.indices.map { index in
      var stream = RandomStream(
        seed: seed, purpose: "augmentation.\(epoch)", index: UInt64(bitPattern: Int64(index)))
      return try pixelMap(height: shape[2], width: shape[3], using: &stream)
    }
    guard let first = maps.first else { return batch }
    let size = [shape[1], first.rows.count, first.columns.count]
    let source = batch.inputs.values(as: Float.self)
    let inputs = shape[1] * shape[2] * shape[3]
    let outputs = size.reduce(1, *)
    let values = [Float](unsafeUninitializedCapacity: maps.count * outputs) { buffer, filled in
      let target = Disjoint(buffer)
      source.withUnsafeBufferPointer { source in
        for (index, map) in maps.enumerated() {
          map.copy(
            UnsafeBufferPointer(rebasing: source[(index * inputs)..<((index + 1) * inputs)]),
            channels: shape[1], height: shape[2], width: shape[3],
            into: target.slice(index * outputs, outputs))
        }
      }
      filled = maps.count * outputs
    }
    return batch.replacing(
      inputs: Tensor(values, shape: [maps.count] + size).to(batch.inputs.device))
  }

  /// Where each pixel of one example's result comes from.
  func pixelMap(
    height: Int, width: Int, using stream: inout RandomStream
  ) throws -> PixelMap {
    var map = PixelMap(rows: Array(0..<height), columns: Array(0..<width))
    for step in steps {
      switch step {
      case .shift(let pixels, let padding):
        let down = Int.random(in: 0...(2 * pixels), using: &stream)
        let right = Int.random(in: 0...(2 * pixels), using: &stream)
        map = try cut(map, map.rows.count, map.columns.count, (down, right), pixels, padding)
      case .flip(let probability):
        if stream.uniform() < probability { map.columns.reverse() }
      case .crop(let height, let width, let padding, let mode):
        let spare = (map.rows.count + 2 * padding - height, map.columns.count + 2 * padding - width)
        guard spare.0 >= 0, spare.1 >= 0 else {
          throw Augmentation.error(
            "a crop of \(height) x \(width) does not fit \(map.rows.count) x \(map.columns.count) "
              + "pixels with a padding of \(padding)", remedy: "crop less or pad more")
        }
        let top = Int.random(in: 0...spare.0, using: &stream)
        let left = Int.random(in: 0...spare.1, using: &stream)
        map = try cut(map, height, width, (top, left), padding, mode)
      }
    }
    return map
  }

  /// Pads a map and cuts a window out of it.
  private func cut(
    _ map: PixelMap, _ height: Int, _ width: Int, _ corner: (Int, Int), _ padding: Int,
    _ mode: Padding
  ) throws -> PixelMap {
    guard mode == .zero || padding < min(map.rows.count, map.columns.count) else {
      throw Augmentation.error(
        "reflecting by \(padding) pixels needs an image of more pixels than "
          + "\(map.rows.count) x \(map.columns.count)", remedy: "shift or pad less")
    }
    return PixelMap(
      rows: PixelMap.window(map.rows, from: corner.0 - padding, count: height, mode),
      columns: PixelMap.window(map.columns, from: corner.1 - padding, count: width, mode))
  }
}
