import Dispatch

/// Decodes many images on all cores into one block of memory, in a fixed order.
struct ImageStack: Sendable {
  /// [C, H, W] of every image.
  let shape: [Int]
  /// All samples, image by image, plane by plane.
  let pixels: [UInt8]

  /// - Parameters:
  ///   - count: the number of images.
  ///   - side: the pixels of a side of the middle square that images are reduced to; `nil` for images as they are.
  ///   - place: what to call an image in errors.
  ///   - bytes: the file of an image; called from several threads.
  /// - Throws: `DatasetError`: the one of the first image that is wrong, whichever thread met it.
  init(
    count: Int, side: Int? = nil, place: @Sendable (Int) -> String,
    bytes: @Sendable (Int) throws -> [UInt8]
  ) throws {
    let images = try concurrentMap(count) { index in
      let image = try ByteImage(decoding: bytes(index), name: place(index))
      return side.map(image.square(side:)) ?? image
    }
    guard let first = images.first else {
      shape = [0, 0, 0]
      pixels = []
      return
    }
    if let other = images.firstIndex(where: {
      $0.width != first.width || $0.height != first.height
    }) {
      throw DatasetError(
        .sizesDiffer, in: place(other),
        "is \(images[other].width) x \(images[other].height) pixels, but \(place(0)) is "
          + "\(first.width) x \(first.height)",
        remedy: "scale or crop all images to one size, or load them with a side in pixels")
    }
    let channels = images.contains { $0.channels == 3 } ? 3 : 1
    shape = [channels, first.height, first.width]
    let size = channels * first.height * first.width
    guard let total = product(of: [count, size]), total <= 1 << 36 else {
      throw DatasetError(
        .tooLarge, in: place(0), "and \(count - 1) others are too many pixels to hold at once",
        remedy: "load a part of the data set, or scale the images down")
    }
    pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      let target = Disjoint(buffer)
      concurrentForEach(count) { index in
        images[index].writePlanes(channels, into: target.slice(index * size, size))
      }
      filled = total
    }
  }
}
