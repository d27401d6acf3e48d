import Foundation

/// Reads and writes NumPy's array files.
///
/// The format is that of <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>,
/// versions 1 to 3, in either byte order and either memory order. Element types: float16, float32,
/// float64, int8 to int64, uint8, bool, complex64 and complex128.
public enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The array of a file, of the shape it has in NumPy.
  ///
  /// - Throws: ``FileError`` when the file cannot be read, ``NPYError`` when it is not a sound array
  ///   file or its elements are of a type that tensors do not have.
  public static func read(_ url: URL) throws -> Tensor {
    try tensor(try FileContents.bytes(of: url), named: url.relativePath)
  }

  /// Writes a tensor to a file, which appears whole or not at all.
  ///
  /// - Throws: ``FileError`` when the file cannot be written, ``NPYError`` for bfloat16, which NumPy
  ///   does not have.
  public static func write(_ tensor: Tensor, to url: URL) throws {
    let header = try encodedHeader(of: tensor, named: url.relativePath)
    try AtomicFile.write(to: url) { (output) throws(FileError) in
      try output.append(header)
      let result = tensor.withUnsafeBytes { bytes in
        Result { () throws(FileError) in try output.append(bytes) }
      }
      try result.get()
    }
  }

  /// The array in the bytes of a file.
  static func tensor(_ file: [UInt8], named name: String) throws(NPYError) -> Tensor {
    do throws(NPYError.Problem) {
      return try parse(file).tensor()
    } catch {
      throw NPYError(file: name, problem: error)
    }
  }

  static func parse(_ file: [UInt8]) throws(NPYError.Problem) -> TensorBytes {
    guard file.count >= 10, file.starts(with: magic) else { throw .wrongMagic }
    let (major, minor) = (Int(file[6]), Int(file[7]))
    guard 1...3 ~= major, minor == 0 else {
      throw .unsupportedVersion(major: major, minor: minor)
    }
    let start = major == 1 ? 10 : 12
    guard file.count >= start else { throw .headerBeyondEnd(bytes: start, available: file.count) }
    let length = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count - start else {
      throw .headerBeyondEnd(bytes: length, available: file.count - start)
    }
    let header = try NPYHeader(parsing: file[start..<start + length])
    let (dtype, isSwapped) = try header.elements()
    let data = file[(start + length)...]
    guard let expected = TensorBytes.byteCount(of: header.shape, dtype: dtype) else {
      throw .invalidShape
    }
    guard data.count == expected else {
      throw .wrongSize(offset: data.startIndex, expected: expected, found: data.count)
    }
    let shape = header.shape
    var result = TensorBytes(dtype: dtype, shape: shape, bytes: data)
    if isSwapped { result.swapByteOrder() }
    if header.isColumnMajor { result.reorderFromColumnMajor() }
    return result
  }

  /// What stands in front of the data: version 1, padded so that the data begin at a multiple of 64.
  static func encodedHeader(of tensor: Tensor, named name: String) throws(NPYError) -> [UInt8] {
    guard let kind = NPYHeader.types.first(where: { $0.dtype == tensor.dtype })?.kind else {
      throw NPYError(file: name, problem: .unsupportedType(tensor.dtype.description))
    }
    let order = tensor.dtype.byteCount == 1 ? "|" : "<"
    let sizes = tensor.shape.map(String.init)
    let shape = sizes.count == 1 ? "\(sizes[0])," : sizes.joined(separator: ", ")
    let text = "{'descr': '\(order)\(kind)', 'fortran_order': False, 'shape': (\(shape)), }"
    let unpadded = magic.count + 4 + text.utf8.count + 1
    let padding = (64 - unpadded % 64) % 64
    let length = text.utf8.count + padding + 1
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
      + Array(repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
  }
}
