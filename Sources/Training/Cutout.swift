import Torch

/// A square of zeros at a random place of every image (DeVries and Taylor, 2017); its centre lies in
/// the image, so that at a border less is cut out.
public struct Cutout: Sendable {
  /// The side of the square, in pixels.
  public let side: Int

  /// A square of a side of at least 1 pixel.
  public init(side: Int) { self.side = max(1, side) }

  /// Changed copies of images `[N, C, H, W]`; inputs of another rank are returned as they are.
  public func apply(to images: Tensor, streams: [RandomStream]) -> Tensor {
    guard images.rank == 4 else { return images }
    let (height, width) = (images.size(2), images.size(3))
    var mask = [Float](repeating: 1, count: images.size(0) * height * width)
    for (index, stream) in streams.enumerated() {
      var stream = stream
      let top = Int.random(in: 0..<height, using: &stream) - side / 2
      let left = Int.random(in: 0..<width, using: &stream) - side / 2
      for row in max(0, top)..<max(0, min(height, top + side)) {
        for column in max(0, left)..<max(0, min(width, left + side)) {
          mask[(index * height + row) * width + column] = 0
        }
      }
    }
    let shape = [images.size(0), 1, height, width]
    return images * Tensor(mask, shape: shape).to(images.dtype).to(images.device)
  }
}
