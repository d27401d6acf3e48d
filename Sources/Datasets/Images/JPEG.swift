import CJPEG

/// JPEG files in memory, through libjpeg.
enum JPEG {
  /// Decodes to grey or RGB; data that ends early is an error, never a half-grey picture.
  ///
  /// - Throws: `DatasetError` (corrupt, tooLarge).
  static func decode(_ bytes: [UInt8], name: String) throws -> ByteImage {
    var size = CJPEGSize()
    try withMessage(name) { cjpeg_read_size(bytes, bytes.count, &size, $0) }
    let channels = Int(size.channels)
    let width = Int(size.width)
    let height = Int(size.height)
    let count = try ByteImage.sampleCount(
      width: width, height: height, channels: channels, name: name)
    let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try withMessage(name) { message in
        cjpeg_decode(bytes, bytes.count, buffer.baseAddress, count, message)
      }
      filled = count
    }
    return ByteImage(checkedWidth: width, height: height, channels: channels, pixels: pixels)
  }

  private static func withMessage(
    _ name: String, _ body: (UnsafeMutablePointer<CChar>?) -> Int32
  ) throws {
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CJPEG_MESSAGE_SIZE)) { text in
      text.initialize(repeating: 0)
      guard body(text.baseAddress) == 0 else {
        let message = text.baseAddress.map { String(cString: $0) } ?? ""
        throw DatasetError.corrupt(name, "is a damaged JPEG image (\(message))")
      }
    }
  }
}
