import CTorch

/// An array of numbers of any rank, on a device, with its history of differentiable operations.
///
/// A tensor owns one reference to libtorch's tensor and gives it back when Swift frees it. Operators
/// return new tensors. Tensors that threads share are read, never written.
public final class Tensor: @unchecked Sendable {
  package let handle: OpaquePointer

  package init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { ct_tensor_release(handle) }

  /// Stands for the result of an operator that failed inside `attempt`.
  static var placeholder: Tensor { Tensor([Float.nan], shape: []) }

  // MARK: Making

  /// A tensor of the given values, in row-major order.
  ///
  /// The number of values must be the product of `shape`.
  public convenience init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) {
    precondition(
      values.count == shape.reduce(1, *), "\(values.count) values do not fill the shape \(shape)")
    let handle = values.withUnsafeBytes {
      Tensor.copying(bytes: $0, shape: shape, dtype: Scalar.dtype)
    }
    self.init(owning: handle)
  }

  /// A vector of the given values.
  public convenience init<Scalar: TensorScalar>(_ values: [Scalar]) {
    self.init(values, shape: [values.count])
  }

  /// A tensor of rank 0.
  public convenience init<Scalar: TensorScalar>(_ value: Scalar) {
    self.init([value], shape: [])
  }

  /// A tensor of the given bytes, which are copied.
  ///
  /// The number of bytes must be the product of `shape` times the size of an element.
  public convenience init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) {
    let expected = shape.reduce(1, *) * dtype.byteCount
    precondition(bytes.count == expected, "\(bytes.count) bytes do not fill the shape \(shape)")
    self.init(owning: Tensor.copying(bytes: bytes, shape: shape, dtype: dtype))
  }

  private static func copying(
    bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType
  ) -> OpaquePointer {
    var result: OpaquePointer?
    let sizes = shape.map(Int64.init)
    let message = ct_tensor_from_bytes(
      bytes.baseAddress, sizes, Int64(sizes.count), dtype.rawValue, &result)
    if let error = TorchError(taking: message, in: "making a tensor") { fatalError("\(error)") }
    guard let result else { fatalError("libtorch made no tensor") }
    return result
  }

  // MARK: Asking

  /// The number of dimensions.
  public var rank: Int { Int(ct_tensor_rank(handle)) }

  /// The size of every dimension.
  public var shape: [Int] { (0..<rank).map { Int(ct_tensor_size(handle, Int64($0))) } }

  /// The size of one dimension; negative dimensions count from the end.
  public func size(_ dimension: Int) -> Int {
    let index = dimension < 0 ? rank + dimension : dimension
    guard 0..<rank ~= index else {
      FailureBox.report(TorchError("a tensor of rank \(rank) has no dimension \(dimension)"))
      return 1
    }
    return Int(ct_tensor_size(handle, Int64(index)))
  }

  /// The number of elements.
  public var count: Int { Int(ct_tensor_count(handle)) }

  /// The type of the elements.
  public var dtype: DType { DType(rawValue: ct_tensor_dtype(handle)) ?? .float32 }

  /// Where the elements are.
  public var device: Device {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
      ct_tensor_device(handle, text.baseAddress, text.count)
      let name = text.baseAddress.map { String(cString: $0) } ?? "cpu"
      return (try? Device(name)) ?? .cpu
    }
  }

  // MARK: Copying out

  /// The elements in row-major order, converted to `Scalar` where they are of another type.
  public func values<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    let source = dtype == Scalar.dtype ? self : to(Scalar.dtype)
    var result = [Scalar](repeating: .zero, count: source.count)
    result.withUnsafeMutableBytes { source.copyBytes(to: $0) }
    return result
  }

  /// The only element of a tensor with one element.
  public var item: Double {
    precondition(count == 1, "item needs one element, the shape is \(shape)")
    return values(as: Double.self)[0]
  }

  /// Calls `body` with the elements' bytes in row-major order; copies only if they lie otherwise.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let size = count * dtype.byteCount
    if let data = ct_tensor_data(handle) {
      return try withExtendedLifetime(self) {
        try body(UnsafeRawBufferPointer(start: data, count: size))
      }
    }
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.withUnsafeMutableBytes { copyBytes(to: $0) }
    return try bytes.withUnsafeBytes(body)
  }

  private func copyBytes(to bytes: UnsafeMutableRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    let message = ct_tensor_copy_bytes(handle, bytes.baseAddress)
    if let error = TorchError(taking: message, in: "copying a tensor") { FailureBox.report(error) }
  }
}

extension Tensor: CustomStringConvertible {
  /// Element type, shape and, for small tensors, the values.
  public var description: String {
    let head = "Tensor(\(dtype), \(shape)"
    guard count <= 32, dtype != .complex64, dtype != .complex128 else { return head + ")" }
    return head + ", \(values(as: Double.self)))"
  }
}
