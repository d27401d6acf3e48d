extension Bitmap {
  /// Pictures of one size in rows, from left to right and from the top, with a gap between them.
  ///
  /// - Parameters:
  ///   - pictures: values in 0...1 as (channels, height, width), picture by picture.
  ///   - shape: channels (1 or 3), height and width of a picture.
  ///   - columns: pictures in a row, at least 1.
  ///   - magnification: pixels of the grid that a pixel of a picture takes, at least 1.
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public static func grid(
    _ pictures: [[Float]], shape: (channels: Int, height: Int, width: Int), columns: Int,
    magnification: Int = 2
  ) throws(BitmapError) -> Bitmap {
    let (factor, columns) = (max(1, magnification), max(1, columns))
    let rows = (pictures.count + columns - 1) / columns
    let (tall, wide) = (shape.height * factor + 2, shape.width * factor + 2)
    let (height, width) = (rows * tall - 2, columns * wide - 2)
    // White between the pictures.
    var pixels = [UInt8](repeating: 255, count: max(0, height * width * shape.channels))
    for (index, values) in pictures.enumerated() {
      let picture = try Bitmap(
        channelsFirst: values, channels: shape.channels, height: shape.height, width: shape.width)
      let (top, left) = (index / columns * tall, index % columns * wide)
      for row in 0..<shape.height * factor {
        for column in 0..<shape.width * factor {
          let source = (row / factor * shape.width + column / factor) * shape.channels
          let target = ((top + row) * width + left + column) * shape.channels
          for channel in 0..<shape.channels {
            pixels[target + channel] = picture.pixels[source + channel]
          }
        }
      }
    }
    return try Bitmap(width: width, height: height, channels: shape.channels, pixels: pixels)
  }
}
