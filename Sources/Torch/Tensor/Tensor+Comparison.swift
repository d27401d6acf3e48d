extension Tensor {
  /// Where elements are equal to the other's, as booleans.
  public func equal(to other: Tensor) -> Tensor { Operator.eqTensor(self, other) }
  /// Where elements are equal to the other's, as booleans.
  public func equal(to other: Double) -> Tensor { Operator.eqScalar(self, other) }
  /// Where elements are equal to the other's, as booleans.
  public func equal(to other: Int) -> Tensor { Operator.eqScalar(self, other) }
  /// Where elements are different from the other's, as booleans.
  public func notEqual(to other: Tensor) -> Tensor { Operator.neTensor(self, other) }
  /// Where elements are different from the other's, as booleans.
  public func notEqual(to other: Double) -> Tensor { Operator.neScalar(self, other) }
  /// Where elements are different from the other's, as booleans.
  public func notEqual(to other: Int) -> Tensor { Operator.neScalar(self, other) }
  /// Where elements are less than the other's, as booleans.
  public func less(than other: Tensor) -> Tensor { Operator.ltTensor(self, other) }
  /// Where elements are less than the other's, as booleans.
  public func less(than other: Double) -> Tensor { Operator.ltScalar(self, other) }
  /// Where elements are less than the other's, as booleans.
  public func less(than other: Int) -> Tensor { Operator.ltScalar(self, other) }
  /// Where elements are at most the other's, as booleans.
  public func lessOrEqual(to other: Tensor) -> Tensor { Operator.leTensor(self, other) }
  /// Where elements are at most the other's, as booleans.
  public func lessOrEqual(to other: Double) -> Tensor { Operator.leScalar(self, other) }
  /// Where elements are at most the other's, as booleans.
  public func lessOrEqual(to other: Int) -> Tensor { Operator.leScalar(self, other) }
  /// Where elements are greater than the other's, as booleans.
  public func greater(than other: Tensor) -> Tensor { Operator.gtTensor(self, other) }
  /// Where elements are greater than the other's, as booleans.
  public func greater(than other: Double) -> Tensor { Operator.gtScalar(self, other) }
  /// Where elements are greater than the other's, as booleans.
  public func greater(than other: Int) -> Tensor { Operator.gtScalar(self, other) }
  /// Where elements are at least the other's, as booleans.
  public func greaterOrEqual(to other: Tensor) -> Tensor { Operator.geTensor(self, other) }
  /// Where elements are at least the other's, as booleans.
  public func greaterOrEqual(to other: Double) -> Tensor { Operator.geScalar(self, other) }
  /// Where elements are at least the other's, as booleans.
  public func greaterOrEqual(to other: Int) -> Tensor { Operator.geScalar(self, other) }
  /// Where both are true.
  public func and(_ other: Tensor) -> Tensor { Operator.logicalAnd(self, other) }
  /// Where one or both are true.
  public func or(_ other: Tensor) -> Tensor { Operator.logicalOr(self, other) }
  /// Where one but not both are true.
  public func xor(_ other: Tensor) -> Tensor { Operator.logicalXor(self, other) }
  /// Where elements are false.
  public func not() -> Tensor { Operator.logicalNot(self) }
  /// Where elements are NaN.
  public var isNaN: Tensor { Operator.isnan(self) }
  /// Where elements are infinite.
  public var isInfinite: Tensor { Operator.isinf(self) }
  /// Where elements are neither infinite nor NaN.
  public var isFinite: Tensor { Operator.isfinite(self) }
  /// Whether all elements are true.
  public var all: Bool { Operator.allTrue(self).item != 0 }
  /// Whether any element is true.
  public var any: Bool { Operator.anyTrue(self).item != 0 }
  /// Whether all elements along a dimension are true.
  public func all(along dimension: Int) -> Tensor { Operator.allTrueDim(self, dimension) }
  /// Whether any element along a dimension is true.
  public func any(along dimension: Int) -> Tensor { Operator.anyTrueDim(self, dimension) }

  /// Elements of `self` where `condition` is true, of `other` elsewhere; all broadcast.
  public func `where`(_ condition: Tensor, else other: Tensor) -> Tensor {
    Operator.where(condition, self, other)
  }
  /// Elements of `self` where `condition` is true, a number elsewhere.
  public func `where`(_ condition: Tensor, else other: Double) -> Tensor {
    Operator.whereScalarOther(condition, self, other)
  }
  /// Whether shape and all elements are the same, to the last bit (NaN equals nothing).
  public func isIdentical(to other: Tensor) -> Bool {
    shape == other.shape && dtype == other.dtype && equal(to: other).all
  }
}
