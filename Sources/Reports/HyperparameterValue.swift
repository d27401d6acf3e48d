/// A setting of a run, as TensorBoard's table of hyper-parameters takes it.
public enum HyperparameterValue: Sendable, Hashable {
  /// A number; one that is not finite is written as a text, because the table cannot hold it.
  case number(Double)
  /// A text, such as the name of an optimiser.
  case text(String)
  /// On or off.
  case flag(Bool)

  /// `hparams.DataType` of TensorBoard.
  var type: Int64 {
    switch self {
    case .text: 1
    case .flag: 2
    case .number(let value): value.isFinite ? 3 : 1
    }
  }

  /// Writes the fields of a `google.protobuf.Value`.
  func write(to message: inout ProtobufWriter) {
    switch self {
    case .number(let value) where value.isFinite: message.double(2, value)
    case .number(let value): message.string(3, "\(value)")
    case .text(let value): message.string(3, value)
    case .flag(let value): message.varint(4, value ? 1 : 0)
    }
  }
}
