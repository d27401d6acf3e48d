import CPNG
import Foundation

/// PNG files in memory, through libpng's simplified interface, which reports errors by value.
public enum PNG {
  // libpng's macros of these names are too intricate to be imported.
  private static let version: UInt32 = 1
  private static let alphaFlag: UInt32 = 0x01
  private static let colourFlag: UInt32 = 0x02
  private static let sixteenBitIsSRGB: UInt32 = 0x04

  /// Decodes to grey or RGB: palettes become RGB, 16 bits become 8, alpha is dropped and what it
  /// hid shows (as Pillow's `convert("RGB")` does).
  ///
  /// - Throws: `DatasetError` (corrupt, tooLarge).
  static func decode(_ bytes: [UInt8], name: String) throws -> ByteImage {
    var image = png_image()
    image.version = version
    defer { png_image_free(&image) }
    return try bytes.withUnsafeBytes { data in
      guard png_image_begin_read_from_memory(&image, data.baseAddress, data.count) != 0 else {
        throw damaged(image, name)
      }
      let hasAlpha = image.format & alphaFlag != 0
      let colours = image.format & colourFlag != 0 ? 3 : 1
      let stored = colours + (hasAlpha ? 1 : 0)
      let width = Int(image.width)
      let height = Int(image.height)
      let count = try ByteImage.sampleCount(
        width: width, height: height, channels: stored, name: name)
      image.flags |= sixteenBitIsSRGB
      image.format = (colours == 3 ? colourFlag : 0) | (hasAlpha ? alphaFlag : 0)
      let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        guard png_image_finish_read(&image, nil, buffer.baseAddress, 0, nil) != 0 else {
          throw damaged(image, name)
        }
        filled = count
      }
      return ByteImage(
        checkedWidth: width, height: height, channels: colours,
        pixels: hasAlpha ? withoutAlpha(pixels, colours: colours) : pixels)
    }
  }

  /// A PNG file of a picture, 8 bits a sample, without loss.
  ///
  /// - Throws: `DatasetError` (notWritten) when libpng refuses, which it does for no valid picture.
  public static func encode(_ picture: ByteImage) throws -> Data {
    var image = png_image()
    image.version = version
    image.width = UInt32(picture.width)
    image.height = UInt32(picture.height)
    image.format = picture.channels == 3 ? colourFlag : 0
    defer { png_image_free(&image) }
    // No PNG is longer than its samples by more than deflate's worst case and its few headers, so
    // one pass is enough.
    let samples = picture.pixels.count + picture.height
    var size = samples + samples / 1000 + 4096
    var data = Data(count: size)
    let written = data.withUnsafeMutableBytes { buffer in
      png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, picture.pixels, 0, nil)
    }
    guard written != 0 else {
      throw DatasetError(
        .notWritten, in: "PNG image", "cannot be encoded (\(message(image)))",
        remedy: "free some memory")
    }
    return data.prefix(size)
  }

  private static func withoutAlpha(_ pixels: [UInt8], colours: Int) -> [UInt8] {
    let count = pixels.count / (colours + 1)
    return [UInt8](unsafeUninitializedCapacity: count * colours) { buffer, filled in
      for pixel in 0..<count {
        for colour in 0..<colours {
          buffer[pixel * colours + colour] = pixels[pixel * (colours + 1) + colour]
        }
      }
      filled = count * colours
    }
  }

  private static func damaged(_ image: png_image, _ name: String) -> DatasetError {
    DatasetError.corrupt(name, "is a damaged PNG image (\(message(image)))")
  }

  private static func message(_ image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
