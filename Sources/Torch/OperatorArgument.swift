import CTorch

/// A value that an ``Operator`` can be called with.
package protocol OperatorArgument {
  /// Words of 64 bits that the argument needs beside its `ct_value`.
  var wordCount: Int { get }
  /// Fills `value`; pointers in it lead into `words`.
  func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>)
}

extension OperatorArgument {
  package var wordCount: Int { 0 }
}

extension Tensor: OperatorArgument {
  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.tag = CT_TENSOR
    value.tensor = handle
  }
}

extension Int: OperatorArgument {
  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.tag = CT_INT
    value.integer = Int64(self)
  }
}

extension Double: OperatorArgument {
  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.tag = CT_DOUBLE
    value.real = self
  }
}

extension Bool: OperatorArgument {
  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.tag = CT_BOOL
    value.boolean = self
  }
}

extension DType: OperatorArgument {
  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    Int(rawValue).write(to: &value, words: words)
  }
}

extension Optional: OperatorArgument where Wrapped: OperatorArgument {
  package var wordCount: Int { self?.wordCount ?? 0 }

  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.tag = CT_NONE
    self?.write(to: &value, words: words)
  }
}

extension Generator: OperatorArgument {
  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.tag = CT_GENERATOR
    value.generator = handle
  }
}

extension String: OperatorArgument {
  package var wordCount: Int { utf8.count / 8 + 1 }

  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    words.initialize(repeating: 0)
    let bytes = UnsafeMutableRawBufferPointer(words)
    bytes.copyBytes(from: utf8)
    value.tag = CT_STRING
    value.string = UnsafeRawPointer(words.baseAddress)?.assumingMemoryBound(to: CChar.self)
  }
}

extension Device: OperatorArgument {
  package var wordCount: Int { description.wordCount }

  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    description.write(to: &value, words: words)
    value.tag = CT_DEVICE
  }
}

extension Array: OperatorArgument where Element: OperatorListElement {
  package var wordCount: Int { count }

  package func write(to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>) {
    value.count = Int64(count)
    Element.write(self, to: &value, words: words)
  }
}

/// An element of a list that an ``Operator`` can be called with.
package protocol OperatorListElement {
  static func write(
    _ list: [Self], to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>)
}

extension Int: OperatorListElement {
  package static func write(
    _ list: [Int], to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>
  ) {
    for (index, item) in list.enumerated() { words.initializeElement(at: index, to: Int64(item)) }
    value.tag = CT_INTS
    value.integers = UnsafePointer(words.baseAddress)
  }
}

extension Double: OperatorListElement {
  package static func write(
    _ list: [Double], to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>
  ) {
    let memory = UnsafeMutableRawBufferPointer(words).bindMemory(to: Double.self)
    for (index, item) in list.enumerated() { memory.initializeElement(at: index, to: item) }
    value.tag = CT_DOUBLES
    value.reals = UnsafePointer(memory.baseAddress)
  }
}

extension Tensor: OperatorListElement {
  package static func write(
    _ list: [Tensor], to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>
  ) {
    writeHandles(list.map { $0 }, to: &value, words: words)
    value.tag = CT_TENSORS
  }
}

extension Optional: OperatorListElement where Wrapped == Tensor {
  package static func write(
    _ list: [Tensor?], to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>
  ) {
    writeHandles(list, to: &value, words: words)
    value.tag = CT_OPTIONAL_TENSORS
  }
}

private func writeHandles(
  _ list: [Tensor?], to value: inout ct_value, words: UnsafeMutableBufferPointer<Int64>
) {
  let memory = UnsafeMutableRawBufferPointer(words).bindMemory(to: OpaquePointer?.self)
  for (index, item) in list.enumerated() {
    memory.initializeElement(at: index, to: item?.handle)
  }
  value.tensors = UnsafePointer(memory.baseAddress)
}
