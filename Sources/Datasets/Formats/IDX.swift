/// The IDX format of MNIST (Y. LeCun, C. Cortes, C. Burges): a magic number, sizes, raw values.
package struct IDX: Equatable, Sendable {
  /// The sizes, slowest first.
  package let shape: [Int]
  /// The values, row-major; only unsigned bytes (type 08) are read.
  package let values: [UInt8]

  /// Reads an IDX file, plain or gzip.
  ///
  /// Only what the header promises is unpacked, and exactly that must be there.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what to call it in errors.
  ///   - rank: how many dimensions it must have.
  /// - Throws: `DatasetError` (truncated, corrupt, unsupported, tooLarge).
  package init(decoding bytes: [UInt8], name: String, rank: Int? = nil) throws {
    let stream = try ByteStream(bytes, name: name)
    let dimensions = try IDX.readMagic(stream, rank: rank)
    var shape: [Int] = []
    for index in 0..<dimensions {
      shape.append(try stream.takeInteger(for: "the size of dimension \(index)"))
    }
    guard let count = product(of: shape), count <= GZip.defaultLimit else {
      throw DatasetError(
        .tooLarge, in: name, "its header promises \(sizeText(shape)) values, more than can be read",
        remedy: DatasetError.copyAgain)
    }
    values = try stream.read(count)
    guard values.count == count else {
      throw DatasetError.truncated(
        name,
        "its header promises \(sizeText(shape)) = \(count) values, but \(values.count) follow")
    }
    guard try stream.read(1).isEmpty else {
      throw DatasetError.corrupt(
        name, "its header promises \(sizeText(shape)) = \(count) values, but more follow")
    }
    self.shape = shape
  }

  private static func readMagic(_ stream: ByteStream, rank: Int?) throws -> Int {
    let magic = try stream.take(4, for: "the magic number")
    let text = magic.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    guard magic[0] == 0, magic[1] == 0, magic[3] > 0 else {
      throw DatasetError(
        .corrupt, in: stream.name,
        "is not an IDX file: it begins with \(text.joined(separator: " ")), "
          + "not with 00 00, a type and a rank",
        remedy: "name an IDX file such as t10k-images-idx3-ubyte.gz")
    }
    guard magic[2] == 8 else {
      throw DatasetError(
        .unsupported, in: stream.name,
        "has IDX type \(text[2]) at byte 2; only unsigned bytes (08) are read",
        remedy: "convert the values to unsigned bytes")
    }
    if let rank, Int(magic[3]) != rank {
      throw DatasetError(
        .corrupt, in: stream.name, "has \(magic[3]) dimensions where \(rank) are needed",
        remedy: "check that images and labels were not exchanged")
    }
    return Int(magic[3])
  }
}
