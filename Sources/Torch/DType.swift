/// The type of a tensor's elements. Raw values are libtorch's.
public enum DType: Int32, Sendable, CaseIterable, CustomStringConvertible {
  /// Unsigned 8-bit integers.
  case uint8 = 0
  /// Signed 8-bit integers.
  case int8 = 1
  /// Signed 16-bit integers.
  case int16 = 2
  /// Signed 32-bit integers.
  case int32 = 3
  /// Signed 64-bit integers, the type of labels and indices.
  case int64 = 4
  /// IEEE half precision.
  case float16 = 5
  /// IEEE single precision, the default.
  case float32 = 6
  /// IEEE double precision.
  case float64 = 7
  /// Pairs of single-precision numbers, as the Fourier transforms return.
  case complex64 = 9
  /// Pairs of double-precision numbers.
  case complex128 = 10
  /// Truth values, one byte each.
  case bool = 11
  /// Single precision without its last 16 bits.
  case bfloat16 = 15

  /// Bytes an element takes.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether gradients can flow through elements of this type.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// The name, as in `float32`.
  public var description: String {
    switch self {
    case .uint8: "uint8"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .bool: "bool"
    case .bfloat16: "bfloat16"
    }
  }
}

/// A Swift type that tensors can be made of and copied to.
public protocol TensorScalar: Sendable {
  /// The element type of a tensor that holds such values.
  static var dtype: DType { get }
  /// The value that fills an array before elements are copied into it.
  static var zero: Self { get }
}

extension Float: TensorScalar {
  /// ``DType/float32``.
  public static var dtype: DType { .float32 }
}
extension Double: TensorScalar {
  /// ``DType/float64``.
  public static var dtype: DType { .float64 }
}
extension Int: TensorScalar {
  /// ``DType/int64``.
  public static var dtype: DType { .int64 }
}
extension Int64: TensorScalar {
  /// ``DType/int64``.
  public static var dtype: DType { .int64 }
}
extension Int32: TensorScalar {
  /// ``DType/int32``.
  public static var dtype: DType { .int32 }
}
extension UInt8: TensorScalar {
  /// ``DType/uint8``.
  public static var dtype: DType { .uint8 }
}
extension Bool: TensorScalar {
  /// ``DType/bool``.
  public static var dtype: DType { .bool }
  /// `false`.
  public static var zero: Bool { false }
}
