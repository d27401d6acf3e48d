import CTorch

extension Tensor {
  /// Whether operations on this tensor are recorded for gradients.
  public var requiresGradient: Bool { ct_tensor_requires_gradient(handle) }

  /// A tensor on the same memory without history, for which no gradient is recorded.
  public func detached() -> Tensor {
    var result: OpaquePointer?
    if let error = TorchError(taking: ct_tensor_detach(handle, &result), in: "detach") {
      FailureBox.report(error)
    }
    return result.map(Tensor.init(owning:)) ?? .placeholder
  }

  /// A tensor on the same memory that starts a new history: gradients can be taken with respect to
  /// it.
  public func variable() -> Tensor {
    let result = detached()
    let message = ct_tensor_set_requires_gradient(result.handle, true)
    if let error = TorchError(taking: message, in: "variable") { FailureBox.report(error) }
    return result
  }
}

/// The gradient of a scalar with respect to one tensor; zeros where it does not depend on it.
///
/// - Parameters:
///   - value: a tensor with one element.
///   - input: a tensor made by ``Tensor/variable()``, or one that was computed from such.
///   - createGraph: whether the gradient can be differentiated again (double backward).
public func gradient(
  of value: Tensor, withRespectTo input: Tensor, createGraph: Bool = false
) -> Tensor {
  gradients(of: value, withRespectTo: [input], createGraph: createGraph)[0]
}

/// The gradients of a tensor with respect to several others; zeros where it does not depend on one.
///
/// - Parameters:
///   - value: a tensor with one element, or of any shape when `weights` are given.
///   - inputs: tensors made by ``Tensor/variable()``, or computed from such.
///   - weights: what the elements of `value` are weighted with (the vector of a vector-Jacobian
///     product), of the same shape; ones when `nil` and `value` has one element.
///   - retainGraph: whether the history of `value` is kept for another call.
///   - createGraph: whether the gradients can be differentiated again; keeps the history as well.
public func gradients(
  of value: Tensor, withRespectTo inputs: [Tensor], weights: Tensor? = nil,
  retainGraph: Bool = false, createGraph: Bool = false
) -> [Tensor] {
  let handles: [OpaquePointer?] = inputs.map(\.handle)
  var results = [OpaquePointer?](repeating: nil, count: inputs.count)
  let message = withExtendedLifetime((value, inputs, weights)) {
    ct_gradients(
      [value.handle], [weights?.handle], 1, handles, Int64(inputs.count),
      retainGraph || createGraph, createGraph, &results)
  }
  if let error = TorchError(taking: message, in: "gradient") { FailureBox.report(error) }
  return zip(inputs, results).map { input, result in
    result.map(Tensor.init(owning:)) ?? Tensor.zeros(like: input.detached())
  }
}

/// How many times gradients were taken on this thread, since it began.
///
/// What is between two readings tells a model that differentiates while it answers, such as one that
/// optimises its input first; TorchScript modules that do so are not counted.
public var gradientCallCount: Int { Int(ct_gradient_calls()) }

/// A value and its gradient at a point.
///
/// - Parameters:
///   - point: where; its own history is not touched.
///   - function: maps a variable with the elements of `point` to a tensor with one element.
public func valueAndGradient(
  at point: Tensor, of function: (Tensor) throws -> Tensor
) rethrows -> (value: Tensor, gradient: Tensor) {
  try withGradients(enabled: true) {
    let variable = point.variable()
    let value = try function(variable)
    // A function that detaches its argument does not depend on it, as far as gradients go.
    guard value.requiresGradient else { return (value.detached(), Tensor.zeros(like: point)) }
    return (value.detached(), gradient(of: value, withRespectTo: variable))
  }
}

/// The product of the Hessian of a scalar function at a point with a direction, exactly.
public func hessianVectorProduct(
  at point: Tensor, direction: Tensor, of function: (Tensor) throws -> Tensor
) rethrows -> Tensor {
  try withGradients(enabled: true) {
    let variable = point.variable()
    let value = try function(variable)
    guard value.requiresGradient else { return Tensor.zeros(like: direction) }
    let first = gradient(of: value, withRespectTo: variable, createGraph: true)
    guard first.requiresGradient else { return Tensor.zeros(like: direction) }
    return gradient(of: (first * direction.detached()).sum(), withRespectTo: variable)
  }
}

/// Runs `body` without recording histories.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withGradients(enabled: false, body)
}

/// Runs `body` with recording on or off on this thread, and restores what was before.
///
/// Recording is a property of the thread, so `body` is synchronous.
public func withGradients<Result>(
  enabled: Bool, _ body: () throws -> Result
) rethrows -> Result {
  let before = ct_gradients_enabled()
  ct_set_gradients_enabled(enabled)
  defer { ct_set_gradients_enabled(before) }
  return try body()
}
