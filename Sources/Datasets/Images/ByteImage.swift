/// A picture of 8-bit samples.
public struct ByteImage: Equatable, Sendable {
  /// Columns, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// 1 (grey) or 3 (red, green, blue).
  public let channels: Int
  /// `height * width * channels` samples in 0...255: rows from the top, channels interleaved.
  public let pixels: [UInt8]

  /// The most pixels that an image may have: 2^27, well above any camera's.
  static let pixelLimit = 1 << 27

  /// A picture from its samples.
  ///
  /// - Parameters:
  ///   - pixels: rows from the top, channels interleaved.
  ///   - name: what to call the picture in errors.
  /// - Throws: `DatasetError` (badSetting) when the sizes are not positive, the channels not 1 or 3,
  ///   or the number of samples is another.
  public init(
    width: Int, height: Int, channels: Int, pixels: [UInt8], name: String = "image"
  ) throws {
    guard width > 0, height > 0, channels == 1 || channels == 3,
      product(of: [width, height, channels]) == pixels.count
    else {
      throw DatasetError(
        .badSetting, in: name,
        "\(pixels.count) samples do not make \(width) x \(height) pixels of \(channels) channels",
        remedy: "give width * height * channels samples with 1 or 3 channels")
    }
    self.init(checkedWidth: width, height: height, channels: channels, pixels: pixels)
  }

  init(checkedWidth: Int, height: Int, channels: Int, pixels: [UInt8]) {
    width = checkedWidth
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The number of samples that a header promises, within the limit on sizes.
  ///
  /// - Throws: `DatasetError` (corrupt, tooLarge).
  static func sampleCount(
    width: Int, height: Int, channels: Int, name: String
  ) throws -> Int {
    guard width > 0, height > 0 else {
      throw DatasetError.corrupt(name, "its header gives the size \(width) x \(height)")
    }
    guard let pixels = product(of: [width, height]), pixels <= pixelLimit else {
      throw DatasetError(
        .tooLarge, in: name,
        "its header promises \(width) x \(height) pixels, more than the limit of \(pixelLimit)",
        remedy: "check that the file is what it should be, or scale the image down")
    }
    return pixels * channels
  }

  /// Writes the samples channel by channel, grey repeated where more channels are wanted.
  func writePlanes(_ planes: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
    let count = width * height
    pixels.withUnsafeBufferPointer { source in
      guard target.count >= count * planes, planes == channels || channels == 1 else { return }
      for plane in 0..<planes {
        var from = channels == 1 ? 0 : plane
        var to = plane * count
        let end = to + count
        while to < end {
          target[to] = source[from]
          to &+= 1
          from &+= channels
        }
      }
    }
  }
}
