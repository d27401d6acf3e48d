/// Portable grey and pixel maps (PGM, PPM), as text (P2, P3) or binary (P5, P6).
enum PNM {
  /// Decodes to grey or RGB; samples are scaled from 0...maximum to 0...255, rounded.
  ///
  /// - Throws: `DatasetError` (corrupt, truncated, tooLarge).
  static func decode(_ bytes: [UInt8], name: String) throws -> ByteImage {
    var reader = Reader(bytes: bytes, name: name)
    let kind = bytes.count > 1 ? bytes[1] : 0
    let channels = kind == UInt8(ascii: "3") || kind == UInt8(ascii: "6") ? 3 : 1
    let isText = kind == UInt8(ascii: "2") || kind == UInt8(ascii: "3")
    let width = try reader.number("its width")
    let height = try reader.number("its height")
    let maximum = try reader.number("its greatest value")
    guard 1...65535 ~= maximum else {
      throw DatasetError.corrupt(name, "its header gives \(maximum) as greatest value")
    }
    let count = try ByteImage.sampleCount(
      width: width, height: height, channels: channels, name: name)
    let pixels =
      isText
      ? try reader.textSamples(count, maximum: maximum)
      : try reader.binarySamples(count, maximum: maximum)
    return ByteImage(checkedWidth: width, height: height, channels: channels, pixels: pixels)
  }

  private struct Reader {
    let bytes: [UInt8]
    let name: String
    var offset = 2

    init(bytes: [UInt8], name: String) {
      self.bytes = bytes
      self.name = name
    }

    /// The next decimal number, after white space and comments.
    mutating func number(_ what: String) throws -> Int {
      skipSpace()
      let start = offset
      var value = 0
      while offset < bytes.count, 0x30...0x39 ~= bytes[offset] {
        value = value * 10 + Int(bytes[offset] - 0x30)
        offset += 1
        guard value <= 1 << 31 else {
          throw DatasetError.corrupt(name, "\(what), at byte \(start), is absurdly large")
        }
      }
      guard offset > start else {
        throw offset < bytes.count
          ? DatasetError.corrupt(name, "\(what) is not a number at byte \(start)")
          : DatasetError.truncated(name, "ends at byte \(start), before \(what)")
      }
      return value
    }

    private mutating func skipSpace() {
      while offset < bytes.count {
        if bytes[offset] == UInt8(ascii: "#") {
          while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
        } else if bytes[offset] == 0x20 || 0x09...0x0D ~= bytes[offset] {
          offset += 1
        } else {
          return
        }
      }
    }

    mutating func textSamples(_ count: Int, maximum: Int) throws -> [UInt8] {
      // A sample takes two bytes at least, so a header that lies is found before memory is taken.
      guard count <= bytes.count else { throw tooFew(count) }
      var samples: [UInt8] = []
      samples.reserveCapacity(count)
      for index in 0..<count {
        let value = try number("sample \(index)")
        samples.append(try scaled(value, maximum: maximum, index: index))
      }
      return samples
    }

    mutating func binarySamples(_ count: Int, maximum: Int) throws -> [UInt8] {
      // Exactly one byte of white space ends the header.
      offset += 1
      let width = maximum > 255 ? 2 : 1
      guard bytes.count - offset >= count * width else { throw tooFew(count) }
      if maximum == 255 { return [UInt8](bytes[offset..<(offset + count)]) }
      return try (0..<count).map { index in
        let place = offset + index * width
        let value = width == 1 ? Int(bytes[place]) : Int(bytes[place]) << 8 | Int(bytes[place + 1])
        return try scaled(value, maximum: maximum, index: index)
      }
    }

    private func scaled(_ value: Int, maximum: Int, index: Int) throws -> UInt8 {
      guard value <= maximum else {
        throw DatasetError.corrupt(
          name, "sample \(index) is \(value), above the header's greatest value \(maximum)")
      }
      return UInt8((value * 255 + maximum / 2) / maximum)
    }

    private func tooFew(_ count: Int) -> DatasetError {
      DatasetError.truncated(
        name,
        "promises \(count) samples, but has only \(max(0, bytes.count - offset)) bytes of them"
      )
    }
  }
}
