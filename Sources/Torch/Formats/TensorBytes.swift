/// The elements of a tensor as they stand in a file.
struct TensorBytes {
  /// More dimensions than this have no use and are refused, as NumPy does.
  static let highestRank = 64

  let dtype: DType
  let shape: [Int]
  /// The elements in row-major order, in the byte order of this machine.
  var bytes: ArraySlice<UInt8>

  /// The bytes that a shape needs, or `nil` when it is not the shape of any tensor: a negative size,
  /// too many dimensions, or more elements than can be counted (also when one size is zero, since
  /// the strides must be representable).
  static func byteCount(of shape: [Int], dtype: DType) -> Int? {
    guard shape.count <= highestRank else { return nil }
    var count = dtype.byteCount
    for size in shape {
      guard size >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
      if overflow { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }

  /// The tensor, which owns a copy of the bytes.
  func tensor() -> Tensor {
    // libtorch takes any byte other than 0 and 1 in a truth value for undefined behaviour.
    let clean = dtype == .bool ? bytes.map { $0 == 0 ? 0 : 1 }[...] : bytes
    return clean.withUnsafeBytes { Tensor(bytes: $0, shape: shape, dtype: dtype) }
  }

  /// Turns the bytes of every number round: big-endian to little-endian or back.
  mutating func swapByteOrder() {
    let width = dtype.isComplex ? dtype.byteCount / 2 : dtype.byteCount
    guard width > 1 else { return }
    bytes.withUnsafeMutableBytes { buffer in
      for start in stride(from: 0, to: buffer.count - width + 1, by: width) {
        for offset in 0..<width / 2 {
          buffer.swapAt(start + offset, start + width - 1 - offset)
        }
      }
    }
  }

  /// Reorders elements that stand in column-major order (the first index fastest).
  mutating func reorderFromColumnMajor() {
    guard shape.count > 1, !bytes.isEmpty else { return }
    let width = dtype.byteCount
    var strides = [Int](repeating: width, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    var result = [UInt8]()
    result.reserveCapacity(bytes.count)
    bytes.withUnsafeBytes { buffer in
      while result.count < buffer.count {
        result.append(contentsOf: buffer[source..<source + width])
        for axis in shape.indices.reversed() {
          index[axis] += 1
          source += strides[axis]
          if index[axis] < shape[axis] { break }
          source -= strides[axis] * shape[axis]
          index[axis] = 0
        }
      }
    }
    bytes = result[...]
  }
}

extension DType {
  /// Whether an element is a pair of numbers.
  var isComplex: Bool { self == .complex64 || self == .complex128 }
}
