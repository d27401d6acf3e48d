import Torch

/// A weight of a module: a box that optimisers write and gradients are taken with respect to.
///
/// As a property wrapper it gives a layer a plain tensor to compute with; the box itself is
/// `$weight`. A weight that may be absent is a stored property of type `Parameter?`.
@propertyWrapper
public final class Parameter {
  /// The weight, which records gradients.
  public private(set) var wrappedValue: Tensor

  /// A weight with the elements of `wrappedValue`, in row-major order: optimisers walk weights and
  /// moments in the order of memory.
  public init(wrappedValue: Tensor) { self.wrappedValue = wrappedValue.contiguous().variable() }

  /// The box.
  public var projectedValue: Parameter { self }

  /// The weight, which records gradients.
  public var value: Tensor { wrappedValue }

  /// Takes other elements, of the same shape; tensors made from the old ones keep theirs.
  public func replace(with tensor: Tensor) {
    precondition(tensor.shape == value.shape, "\(tensor.shape) does not replace \(value.shape)")
    wrappedValue = tensor.contiguous().variable()
  }

  /// Takes another tensor with its history.
  fileprivate func substitute(_ tensor: Tensor) {
    precondition(tensor.shape == value.shape, "\(tensor.shape) does not replace \(value.shape)")
    wrappedValue = tensor
  }
}

extension [Parameter] {
  /// Runs `body` with other tensors in the weights' places, with whatever history they have, and puts
  /// back the very weights that were there, also after an error: gradients of what was computed
  /// before and after can still be taken.
  public func withValues<Result>(
    _ tensors: [Tensor], _ body: () throws -> Result
  ) rethrows -> Result {
    precondition(tensors.count == count, "\(tensors.count) values for \(count) weights")
    let values = map(\.value)
    defer { for (parameter, value) in zip(self, values) { parameter.substitute(value) } }
    for (parameter, tensor) in zip(self, tensors) { parameter.substitute(tensor) }
    return try body()
  }
}

/// A tensor of a module that is saved with it but not trained, such as running statistics.
@propertyWrapper
public final class Buffer {
  /// The tensor.
  public var wrappedValue: Tensor
  /// Whether it is saved with the weights; what belongs to the data, such as a graph's edges, is only
  /// exported.
  public let isPersistent: Bool

  /// A buffer with the elements of `wrappedValue`.
  public init(wrappedValue: Tensor, isPersistent: Bool = true) {
    self.wrappedValue = wrappedValue
    self.isPersistent = isPersistent
  }

  /// The box.
  public var projectedValue: Buffer { self }
}
