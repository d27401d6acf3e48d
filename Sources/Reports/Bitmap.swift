/// A small picture: 8 bits a channel, grey or red-green-blue.
public struct Bitmap: Sendable, Hashable {
  /// Columns of pixels.
  public let width: Int
  /// Rows of pixels.
  public let height: Int
  /// 1 for grey, 3 for red-green-blue.
  public let channels: Int
  /// The pixels row by row from the top, the channels of a pixel next to each other.
  public let pixels: [UInt8]

  /// A picture from its bytes.
  ///
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) throws(BitmapError) {
    try Self.check(width: width, height: height, channels: channels, count: pixels.count)
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// A picture from values in 0...1, channel by channel (channels, height, width).
  ///
  /// Values outside are cut off; what is not a number becomes black.
  ///
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public init(
    channelsFirst values: [Float], channels: Int, height: Int, width: Int
  ) throws(BitmapError) {
    try Self.check(width: width, height: height, channels: channels, count: values.count)
    var pixels = [UInt8](repeating: 0, count: values.count)
    let area = width * height
    for channel in 0..<channels {
      for place in 0..<area {
        let value = values[channel * area + place]
        let cut = value.isNaN ? 0 : min(max(value, 0), 1)
        pixels[place * channels + channel] = UInt8((cut * 255).rounded())
      }
    }
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  private static func check(
    width: Int, height: Int, channels: Int, count: Int
  ) throws(BitmapError) {
    let sides = 1...32_768
    guard sides.contains(width), sides.contains(height), channels == 1 || channels == 3,
      width * height * channels == count
    else {
      throw .shape(width: width, height: height, channels: channels, count: count)
    }
  }
}
