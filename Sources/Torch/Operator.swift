import CTorch

/// An operator of libtorch's dispatcher, declared with the text of its schema.
///
/// The text is compared with the schema that libtorch registered when the operator is first used,
/// and a test compares all of them, so that a wrong argument order cannot go unnoticed.
package struct Operator: Sendable {
  package let schema: String
  // The handle of the dispatcher's table, which lives and stays the same as long as the process.
  private nonisolated(unsafe) let handle: OpaquePointer?

  package init(_ schema: String) {
    do {
      try self.init(checking: schema)
    } catch {
      FailureBox.report(error)
      self.init(schema: schema, handle: nil)
    }
  }

  private init(schema: String, handle: OpaquePointer?) {
    self.schema = schema
    self.handle = handle
  }

  /// - Throws: ``TorchError`` when libtorch has no such operator, or has it with another schema.
  package init(checking schema: String) throws(TorchError) {
    var found: OpaquePointer?
    if let error = TorchError(taking: ct_operator_find(schema, &found), in: "libtorch") {
      throw error
    }
    self.schema = schema
    handle = found
  }

  package var name: Substring { schema.prefix { $0 != "(" } }

  /// Calls an operator with one result.
  @discardableResult
  package func callAsFunction(_ arguments: any OperatorArgument...) -> Tensor {
    var result = ct_value()
    let count = call(arguments, &result, 1)
    guard count == 1, result.tag == CT_TENSOR, let tensor = result.tensor else {
      return Tensor.placeholder
    }
    return Tensor(owning: tensor)
  }

  /// Calls an operator with several results, or with a list as its result.
  package func list(_ arguments: any OperatorArgument...) -> [Tensor] {
    let room = 256
    return withUnsafeTemporaryAllocation(of: ct_value.self, capacity: room) { results in
      let count = call(arguments, results.baseAddress, room)
      return (0..<count).map { index in
        guard results[index].tag == CT_TENSOR, let tensor = results[index].tensor else {
          return Tensor.placeholder
        }
        return Tensor(owning: tensor)
      }
    }
  }

  /// Calls an operator with two results.
  package func pair(_ arguments: any OperatorArgument...) -> (Tensor, Tensor) {
    withUnsafeTemporaryAllocation(of: ct_value.self, capacity: 8) { results in
      let count = call(arguments, results.baseAddress, 8)
      let tensors = (0..<count).map { index in
        results[index].tensor.map(Tensor.init(owning:)) ?? Tensor.placeholder
      }
      guard tensors.count >= 2 else { return (Tensor.placeholder, Tensor.placeholder) }
      return (tensors[0], tensors[1])
    }
  }

  /// Fills the C arguments, calls, and returns the number of results; 0 after a failure.
  private func call(
    _ arguments: [any OperatorArgument], _ results: UnsafeMutablePointer<ct_value>?, _ room: Int
  ) -> Int {
    guard let handle else { return 0 }
    var words = 0
    for argument in arguments { words += argument.wordCount }
    return withUnsafeTemporaryAllocation(of: ct_value.self, capacity: arguments.count) { values in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: words) { memory in
        var next = 0
        for (index, argument) in arguments.enumerated() {
          values.initializeElement(at: index, to: ct_value())
          let count = argument.wordCount
          let slice = UnsafeMutableBufferPointer(rebasing: memory[next..<next + count])
          argument.write(to: &values[index], words: slice)
          next += count
        }
        var count = Int64(room)
        let message = withExtendedLifetime(arguments) {
          ct_operator_call(handle, values.baseAddress, Int64(arguments.count), results, &count)
        }
        // The name is only made when it is needed: this is called thousands of times a second.
        guard message != nil, let error = TorchError(taking: message, in: String(name)) else {
          return Int(count)
        }
        FailureBox.report(error)
        return 0
      }
    }
  }
}
