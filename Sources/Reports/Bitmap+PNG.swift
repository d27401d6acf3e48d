import CPNG
import Foundation

extension Bitmap {
  /// The picture as the bytes of a PNG file.
  ///
  /// - Throws: `BitmapError.encoding` when libpng refuses.
  public func png() throws(BitmapError) -> Data {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    // Zero is 8-bit grey.
    image.format = channels == 3 ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
    defer { png_image_free(&image) }
    // An upper bound on the compressed size saves compressing twice: zlib grows what it cannot
    // compress by far less than this, and each row has one byte more.
    var size = png_alloc_size_t(pixels.count + pixels.count / 8 + height + 4096)
    var bytes = [UInt8](repeating: 0, count: Int(size))
    guard png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil) != 0 else {
      throw .encoding(Self.message(of: image))
    }
    return Data(bytes.prefix(Int(size)))
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { raw in
      String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
