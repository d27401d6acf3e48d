/// The image formats that are read here, told apart by their first bytes, never by their names.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// Portable Network Graphics, any colour type and depth.
  case png
  /// Baseline and progressive JPEG.
  case jpeg
  /// Portable grey and pixel maps: P2, P3, P5, P6.
  case pnm

  /// File extensions, in lower case, that images go by.
  static let extensions: Set<String> = ["png", "jpg", "jpeg", "pgm", "ppm", "pnm"]

  /// The format of a file that begins with `bytes`, or nil when it is none of these.
  public static func recognise(_ bytes: [UInt8]) -> ImageFormat? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return .png }
    if bytes.starts(with: [0xFF, 0xD8]) { return .jpeg }
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P") else { return nil }
    return "2356".utf8.contains(bytes[1]) ? .pnm : nil
  }
}

extension ByteImage {
  /// Decodes a PNG, JPEG, PGM or PPM file.
  ///
  /// Grey images stay one channel. Alpha is dropped, palettes become RGB, 16-bit samples become
  /// 8-bit ones, CMYK becomes RGB.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what to call it in errors.
  /// - Throws: `DatasetError` (unrecognised, corrupt, truncated, tooLarge).
  public init(decoding bytes: [UInt8], name: String) throws {
    switch ImageFormat.recognise(bytes) {
    case .png: self = try PNG.decode(bytes, name: name)
    case .jpeg: self = try JPEG.decode(bytes, name: name)
    case .pnm: self = try PNM.decode(bytes, name: name)
    case nil:
      throw DatasetError(
        .unrecognised, in: name,
        bytes.isEmpty ? "is an empty file" : "is not a PNG, JPEG, PGM or PPM image",
        remedy: "convert the image to one of these formats, or take it out of the data set")
    }
  }
}
