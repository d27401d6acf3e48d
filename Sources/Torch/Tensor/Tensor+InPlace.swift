import CTorch

// In-place operators are for optimisers and running statistics only: tensors that threads share, or
// that a history refers to, are never written.
extension Tensor {
  package func add(_ other: Tensor, times factor: Double = 1) {
    Operator.addTensorInPlace(self, other, factor)
  }
  package func multiply(by factor: Double) { Operator.mulScalarInPlace(self, factor) }
  package func copy(from source: Tensor) { Operator.copyInPlace(self, source) }
  package func fill(_ value: Double) { Operator.fillScalarInPlace(self, value) }
  package func interpolate(to end: Tensor, weight: Double) {
    Operator.lerpScalarInPlace(self, end, weight)
  }
  package func addProduct(_ a: Tensor, _ b: Tensor, times factor: Double = 1) {
    Operator.addcmulInPlace(self, a, b, factor)
  }
  package func addQuotient(_ a: Tensor, _ b: Tensor, times factor: Double = 1) {
    Operator.addcdivInPlace(self, a, b, factor)
  }
}
