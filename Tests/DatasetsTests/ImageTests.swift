import Testing

@testable import Datasets

@Suite struct ImageTests {
  private static let exact = [
    "grey.png", "colour.png", "palette.png", "bilevel.png", "alpha.png", "grey-alpha.png",
    "deep.png", "colour.ppm", "grey.pgm", "grey.jpg", "colour.jpg", "progressive.jpg",
  ]
  private static let corruptible = [
    "grey.png", "palette.png", "colour.jpg", "progressive.jpg", "cmyk.jpg", "colour.ppm",
  ]

  private func decode(_ name: String) throws -> ByteImage {
    try ByteImage(decoding: Scratch.fixture(name), name: name)
  }

  @Test(arguments: exact) func samplesAreThoseThatPillowReads(name: String) throws {
    let image = try decode(name)
    let expected = try Scratch.fixture(name + ".raw")
    #expect(image.width == 12 && image.height == 9)
    #expect(image.channels == expected.count / 108)
    // JPEG decoders may round their transforms differently.
    let tolerance = name.hasSuffix("jpg") ? 2 : 0
    let worst = zip(image.pixels, expected).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= tolerance)
  }

  @Test func inksBecomeColours() throws {
    let image = try decode("cmyk.jpg")
    let expected = try Scratch.fixture("cmyk.jpg.raw")
    #expect(image.channels == 3)
    #expect(zip(image.pixels, expected).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
  }

  @Test(arguments: corruptible) func everyTruncationIsAnError(name: String) throws {
    let bytes = try Scratch.fixture(name)
    // The last two bytes of a JPEG only mark its end, the last twelve of a PNG likewise.
    for count in 0..<(bytes.count - 12) {
      let cut = Array(bytes[..<count])
      #expect(throws: DatasetError.self) { try ByteImage(decoding: cut, name: name) }
    }
  }

  @Test(arguments: corruptible) func damageNeverCrashes(name: String) throws {
    let bytes = try Scratch.fixture(name)
    for index in 2..<bytes.count {
      for flip in [0xFF, 0x01, 0x80] as [UInt8] {
        var damaged = bytes
        damaged[index] ^= flip
        do {
          let image = try ByteImage(decoding: damaged, name: name)
          #expect(image.pixels.count == image.width * image.height * image.channels)
        } catch {
          #expect(error is DatasetError)
        }
      }
    }
  }

  @Test func pngDamageIsFoundByItsChecksum() throws {
    var bytes = try Scratch.fixture("grey.png")
    bytes[bytes.count - 20] ^= 0xFF
    let error = try failure { _ = try ByteImage(decoding: bytes, name: "a.png") }
    #expect(error.kind == .corrupt && error.description.hasPrefix("a.png: is a damaged PNG image"))
  }

  @Test func writtenPNGsReadBack() throws {
    for name in ["grey.png", "colour.png"] {
      let image = try decode(name)
      #expect(try ByteImage(decoding: [UInt8](PNG.encode(image)), name: "x") == image)
    }
    var noise: UInt32 = 1
    let pixels = (0..<30_000).map { _ in
      noise = noise &* 1_664_525 &+ 1_013_904_223
      return UInt8(noise >> 24)
    }
    let image = try ByteImage(width: 100, height: 100, channels: 3, pixels: pixels)
    #expect(try ByteImage(decoding: [UInt8](PNG.encode(image)), name: "x") == image)
    #expect(
      try failure { _ = try ByteImage(width: 3, height: 1, channels: 2, pixels: [0]) }.kind
        == .badSetting)
  }

  @Test func textMapsAreScaledAndMayHoldComments() throws {
    let grey = Array("P2 # a comment\n3 1\n# another\n4\n0 2\n4\n".utf8)
    #expect(try ByteImage(decoding: grey, name: "x").pixels == [0, 128, 255])
    let colour = Array("P3 1 1 255 1 2 3".utf8)
    #expect(try ByteImage(decoding: colour, name: "x").pixels == [1, 2, 3])
    let deep: [UInt8] = Array("P5 2 1 65535\n".utf8) + [0x80, 0x80, 0xFF, 0xFF]
    #expect(try ByteImage(decoding: deep, name: "x").pixels == [128, 255])
  }

  @Test(arguments: [
    "P5 2 2 255\nabc", "P5 2", "P2 2 2 255 1 2 3", "P2 2 1 3 1 9", "P5 0 3 255\n", "P5 2 2 0\nabcd",
    "P5 2 2 99999\nabcdefgh", "P5 x 2 255\n", "P5 4294967296 4294967296 255\n",
    "P5 99999 99999 255\n",
    "P2 9999999999999999999999 1 255 1", "P2 2 1 255 1 -1", "",
  ]) func badMapsAreErrors(text: String) throws {
    _ = try failure { _ = try ByteImage(decoding: Array(text.utf8), name: "x") }
  }
}
