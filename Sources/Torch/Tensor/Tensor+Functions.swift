extension Tensor {
  /// The absolute value, element by element.
  public func abs() -> Tensor { Operator.abs(self) }
  /// The sign: -1, 0 or 1, element by element.
  public func sign() -> Tensor { Operator.sign(self) }
  /// The exponential, element by element.
  public func exp() -> Tensor { Operator.exp(self) }
  /// The natural logarithm, element by element.
  public func log() -> Tensor { Operator.log(self) }
  /// `log(1 + x)`, exact near 0, element by element.
  public func log1p() -> Tensor { Operator.log1p(self) }
  /// `exp(x) - 1`, exact near 0, element by element.
  public func expm1() -> Tensor { Operator.expm1(self) }
  /// The square root, element by element.
  public func sqrt() -> Tensor { Operator.sqrt(self) }
  /// The reciprocal of the square root, element by element.
  public func rsqrt() -> Tensor { Operator.rsqrt(self) }
  /// The square, element by element.
  public func squared() -> Tensor { Operator.square(self) }
  /// The reciprocal, element by element.
  public func reciprocal() -> Tensor { Operator.reciprocal(self) }
  /// The sine, element by element.
  public func sin() -> Tensor { Operator.sin(self) }
  /// The cosine, element by element.
  public func cos() -> Tensor { Operator.cos(self) }
  /// The tangent, element by element.
  public func tan() -> Tensor { Operator.tan(self) }
  /// The hyperbolic tangent, element by element.
  public func tanh() -> Tensor { Operator.tanh(self) }
  /// The inverse hyperbolic tangent, element by element.
  public func atanh() -> Tensor { Operator.atanh(self) }
  /// The inverse sine, element by element.
  public func asin() -> Tensor { Operator.asin(self) }
  /// The inverse cosine, element by element.
  public func acos() -> Tensor { Operator.acos(self) }
  /// The inverse tangent, element by element.
  public func atan() -> Tensor { Operator.atan(self) }
  /// The error function, element by element.
  public func erf() -> Tensor { Operator.erf(self) }
  /// The inverse error function, element by element.
  public func erfinv() -> Tensor { Operator.erfinv(self) }
  /// The nearest integer, ties to even, element by element.
  public func rounded() -> Tensor { Operator.round(self) }
  /// The largest integer that is not larger, element by element.
  public func floor() -> Tensor { Operator.floor(self) }
  /// The smallest integer that is not smaller, element by element.
  public func ceil() -> Tensor { Operator.ceil(self) }
  /// The integer part, element by element.
  public func truncated() -> Tensor { Operator.trunc(self) }
  /// The logistic function, element by element.
  public func sigmoid() -> Tensor { Operator.sigmoid(self) }
  /// The positive part, element by element.
  public func relu() -> Tensor { Operator.relu(self) }
  /// `x * sigmoid(x)`, element by element.
  public func silu() -> Tensor { Operator.silu(self) }
  /// `max(x, slope * x)` for slopes below 1, element by element.
  public func leakyRelu(slope: Double = 0.01) -> Tensor { Operator.leakyRelu(self, slope) }
  /// The exponential linear unit, element by element.
  public func elu(alpha: Double = 1) -> Tensor { Operator.elu(self, alpha) }
  /// The Gaussian error linear unit, element by element.
  public func gelu() -> Tensor { Operator.gelu(self) }
  /// `log(1 + exp(beta * x)) / beta`, element by element.
  public func softplus(beta: Double = 1) -> Tensor { Operator.softplus(self, beta) }
  /// The softmax along one dimension.
  public func softmax(along dimension: Int) -> Tensor { Operator.softmax(self, dimension) }
  /// The logarithm of the softmax along one dimension, computed stably.
  public func logSoftmax(along dimension: Int) -> Tensor { Operator.logSoftmax(self, dimension) }
}
