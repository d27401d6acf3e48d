extension Tensor {
  /// The elementwise sum, with broadcasting.
  public static func + (left: Tensor, right: Tensor) -> Tensor { Operator.addTensor(left, right) }
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Double) -> Tensor { Operator.addScalar(left, right) }
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Int) -> Tensor { Operator.addScalar(left, right) }
  /// Adds a number to every element.
  public static func + (left: Double, right: Tensor) -> Tensor { Operator.addScalar(right, left) }
  /// Adds a number to every element.
  public static func + (left: Int, right: Tensor) -> Tensor { Operator.addScalar(right, left) }

  /// The elementwise difference, with broadcasting.
  public static func - (left: Tensor, right: Tensor) -> Tensor { Operator.subTensor(left, right) }
  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Double) -> Tensor { Operator.subScalar(left, right) }
  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Int) -> Tensor { Operator.subScalar(left, right) }
  /// Subtracts every element from a number.
  public static func - (left: Double, right: Tensor) -> Tensor { Operator.rsubScalar(right, left) }
  /// Subtracts every element from a number.
  public static func - (left: Int, right: Tensor) -> Tensor { Operator.rsubScalar(right, left) }

  /// The elementwise product, with broadcasting.
  public static func * (left: Tensor, right: Tensor) -> Tensor { Operator.mulTensor(left, right) }
  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Double) -> Tensor { Operator.mulScalar(left, right) }
  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Int) -> Tensor { Operator.mulScalar(left, right) }
  /// Multiplies every element by a number.
  public static func * (left: Double, right: Tensor) -> Tensor { Operator.mulScalar(right, left) }
  /// Multiplies every element by a number.
  public static func * (left: Int, right: Tensor) -> Tensor { Operator.mulScalar(right, left) }

  /// The elementwise quotient, with broadcasting; integers divide to float32.
  public static func / (left: Tensor, right: Tensor) -> Tensor { Operator.divTensor(left, right) }
  /// Divides every element by a number.
  public static func / (left: Tensor, right: Double) -> Tensor { Operator.divScalar(left, right) }
  /// Divides every element by a number.
  public static func / (left: Tensor, right: Int) -> Tensor { Operator.divScalar(left, right) }
  /// Divides a number by every element.
  public static func / (left: Double, right: Tensor) -> Tensor {
    Operator.mulScalar(Operator.reciprocal(right), left)
  }
  /// Divides a number by every element.
  public static func / (left: Int, right: Tensor) -> Tensor { Double(left) / right }

  /// The negative of every element.
  public static prefix func - (tensor: Tensor) -> Tensor { Operator.neg(tensor) }

  /// Every element to a power.
  public func pow(_ exponent: Double) -> Tensor { Operator.powTensorScalar(self, exponent) }
  /// Every element to the power of the other tensor's element.
  public func pow(_ exponent: Tensor) -> Tensor { Operator.powTensorTensor(self, exponent) }
  /// The remainder, with the sign of the divisor.
  public func remainder(_ divisor: Double) -> Tensor { Operator.remainderScalar(self, divisor) }

  /// The elementwise larger of two tensors.
  public func maximum(_ other: Tensor) -> Tensor { Operator.maximum(self, other) }
  /// The elementwise smaller of two tensors.
  public func minimum(_ other: Tensor) -> Tensor { Operator.minimum(self, other) }

  /// The elements limited to a range.
  public func clamped(to range: ClosedRange<Double>) -> Tensor {
    Operator.clamp(self, range.lowerBound, range.upperBound)
  }
  /// The elements limited to a range.
  public func clamped(to range: PartialRangeFrom<Double>) -> Tensor {
    Operator.clamp(self, range.lowerBound)
  }
  /// The elements limited to a range.
  public func clamped(to range: PartialRangeThrough<Double>) -> Tensor {
    Operator.clamp(self, Double?.none, range.upperBound)
  }
  /// The elements limited by two tensors that broadcast.
  public func clamped(from low: Tensor, through high: Tensor) -> Tensor {
    Operator.clampTensor(self, low, high)
  }
  /// `self + (end - self) * weight`.
  public func interpolated(to end: Tensor, weight: Double) -> Tensor {
    Operator.lerpScalar(self, end, weight)
  }
  /// Numbers in place of NaN and infinities.
  public func replacingNonFinite(nan: Double = 0, positive: Double, negative: Double) -> Tensor {
    Operator.nanToNum(self, nan, positive, negative)
  }
}
