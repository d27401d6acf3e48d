import CTorch

/// The operators that a TorchScript model called for an input, in their order.
package struct ScriptRecording {
  /// One call, by the model and not by another operator.
  package struct Call {
    /// The operator without its overload, such as `aten::conv2d`.
    package let name: String
    /// What it was given.
    package let arguments: [Value]
    /// What it returned.
    package let results: [Value]
  }

  /// A value that goes into an operator or comes out.
  package enum Value {
    /// A tensor.
    case tensor(Tensor)
    /// A list of tensors.
    case tensors([Tensor])
    /// A whole number.
    case integer(Int)
    /// A number.
    case real(Double)
    /// True or false.
    case flag(Bool)
    /// A list of whole numbers.
    case integers([Int])
    /// A text, such as a mode.
    case text(String)
    /// Nothing, or something else.
    case nothing

    /// The tensor, if it is one.
    package var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
    /// The number, whole or not.
    package var number: Double? {
      switch self {
      case .integer(let value): Double(value)
      case .real(let value): value
      default: nil
      }
    }
    /// The whole numbers of a list, or the only one.
    package var integers: [Int]? {
      switch self {
      case .integer(let value): [value]
      case .integers(let values): values
      default: nil
      }
    }
  }

  /// The calls.
  package let calls: [Call]
  /// What went in.
  package let input: Tensor
  /// What came out.
  package let output: Tensor
}

extension Tensor {
  /// Which tensor this is: handles to the same one are equal, as long as one of them lives.
  package var identity: UInt { UInt(bitPattern: handle) }
}

extension ScriptModule {
  /// Runs the model and notes the operators it calls.
  ///
  /// - Throws: ``ScriptError/failed(_:shape:_:)`` when the model cannot take the input.
  package func recording(_ input: Tensor) throws(ScriptError) -> ScriptRecording {
    final class Collector { var calls: [ScriptRecording.Call] = [] }
    let collector = Collector()
    var output: OpaquePointer?
    let message = withExtendedLifetime(input) {
      ct_script_record(
        handle, input.handle, Unmanaged.passUnretained(collector).toOpaque(),
        { context, name, values, inputCount, outputCount in
          guard let context, let name, let values else { return }
          let all = (0..<Int(inputCount + outputCount)).map { ScriptRecording.Value(values[$0]) }
          let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
          collector.calls.append(
            ScriptRecording.Call(
              name: String(cString: name), arguments: Array(all.prefix(Int(inputCount))),
              results: Array(all.dropFirst(Int(inputCount)))))
        }, &output)
    }
    if let error = TorchError(taking: message, in: "the model") {
      throw .failed(url, shape: input.shape, error)
    }
    guard let output else {
      throw .failed(url, shape: input.shape, TorchError("the model returned nothing"))
    }
    return ScriptRecording(
      calls: collector.calls, input: input, output: Tensor(owning: output))
  }
}

extension ScriptRecording.Value {
  fileprivate init(_ value: ct_value) {
    switch value.tag {
    case CT_TENSOR: self = value.tensor.map { .tensor(Tensor(owning: $0)) } ?? .nothing
    case CT_INT: self = .integer(Int(value.integer))
    case CT_DOUBLE: self = .real(value.real)
    case CT_BOOL: self = .flag(value.boolean)
    case CT_INTS:
      self = .integers((0..<Int(value.count)).map { Int(value.integers[$0]) })
    case CT_TENSORS:
      self = .tensors(
        (0..<Int(value.count)).compactMap { value.tensors[$0].map(Tensor.init(owning:)) })
    case CT_STRING: self = value.string.map { .text(String(cString: $0)) } ?? .nothing
    default: self = .nothing
    }
  }
}
