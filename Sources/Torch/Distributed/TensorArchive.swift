import Foundation

/// A tensor as bytes, to be sent elsewhere; it comes back on the CPU without history.
public struct TensorArchive: Codable, Sendable {
  private let dtype: Int32
  private let shape: [Int]
  private let bytes: Data

  /// The bytes of a tensor.
  public init(_ tensor: Tensor) {
    dtype = tensor.dtype.rawValue
    shape = tensor.shape
    bytes = tensor.withUnsafeBytes { Data($0) }
  }

  /// The tensor.
  ///
  /// - Throws: ``ProcessGroupError/exchange(_:)`` when the bytes are not those of such a tensor.
  public func tensor() throws -> Tensor {
    guard let dtype = DType(rawValue: dtype), shape.allSatisfy({ $0 >= 0 }),
      TensorBytes.byteCount(of: shape, dtype: dtype) == bytes.count
    else { throw ProcessGroupError.exchange("a tensor of \(shape) has \(bytes.count) bytes") }
    return bytes.withUnsafeBytes { Tensor(bytes: $0, shape: shape, dtype: dtype) }
  }
}
