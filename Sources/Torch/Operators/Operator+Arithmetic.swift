// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let addTensor = Operator(
    """
    aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
    """)
  package static let addScalar = Operator(
    """
    aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor
    """)
  package static let subTensor = Operator(
    """
    aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
    """)
  package static let subScalar = Operator(
    """
    aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor
    """)
  package static let rsubScalar = Operator(
    """
    aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor
    """)
  package static let mulTensor = Operator("aten::mul.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let mulScalar = Operator("aten::mul.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let divTensor = Operator("aten::div.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let divScalar = Operator("aten::div.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let reciprocal = Operator("aten::reciprocal(Tensor self) -> Tensor")
  package static let powTensorScalar = Operator(
    """
    aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor
    """)
  package static let powTensorTensor = Operator(
    """
    aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor
    """)
  package static let neg = Operator("aten::neg(Tensor self) -> Tensor")
  package static let abs = Operator("aten::abs(Tensor self) -> Tensor")
  package static let sign = Operator("aten::sign(Tensor self) -> Tensor")
  package static let exp = Operator("aten::exp(Tensor self) -> Tensor")
  package static let log = Operator("aten::log(Tensor self) -> Tensor")
  package static let log1p = Operator("aten::log1p(Tensor self) -> Tensor")
  package static let expm1 = Operator("aten::expm1(Tensor self) -> Tensor")
  package static let sqrt = Operator("aten::sqrt(Tensor self) -> Tensor")
  package static let rsqrt = Operator("aten::rsqrt(Tensor self) -> Tensor")
  package static let square = Operator("aten::square(Tensor self) -> Tensor")
  package static let sin = Operator("aten::sin(Tensor self) -> Tensor")
  package static let cos = Operator("aten::cos(Tensor self) -> Tensor")
  package static let tan = Operator("aten::tan(Tensor self) -> Tensor")
  package static let tanh = Operator("aten::tanh(Tensor self) -> Tensor")
  package static let atanh = Operator("aten::atanh(Tensor self) -> Tensor")
  package static let asin = Operator("aten::asin(Tensor self) -> Tensor")
  package static let acos = Operator("aten::acos(Tensor self) -> Tensor")
  package static let atan = Operator("aten::atan(Tensor self) -> Tensor")
  package static let erf = Operator("aten::erf(Tensor self) -> Tensor")
  package static let erfinv = Operator("aten::erfinv(Tensor self) -> Tensor")
  package static let round = Operator("aten::round(Tensor self) -> Tensor")
  package static let floor = Operator("aten::floor(Tensor self) -> Tensor")
  package static let ceil = Operator("aten::ceil(Tensor self) -> Tensor")
  package static let trunc = Operator("aten::trunc(Tensor self) -> Tensor")
  package static let remainderScalar = Operator(
    """
    aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor
    """)
  package static let remainderTensor = Operator(
    """
    aten::remainder.Tensor(Tensor self, Tensor other) -> Tensor
    """)
  package static let clamp = Operator(
    """
    aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor
    """)
  package static let clampTensor = Operator(
    """
    aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor
    """)
  package static let maximum = Operator("aten::maximum(Tensor self, Tensor other) -> Tensor")
  package static let minimum = Operator("aten::minimum(Tensor self, Tensor other) -> Tensor")
  package static let lerpScalar = Operator(
    """
    aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor
    """)
  package static let lerpTensor = Operator(
    """
    aten::lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor
    """)
  package static let addcmul = Operator(
    """
    aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor
    """)
  package static let addcdiv = Operator(
    """
    aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor
    """)
  package static let nanToNum = Operator(
    """
    aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> \
    Tensor
    """)

  static let arithmetic: [Operator] = [
    .addTensor, .addScalar, .subTensor, .subScalar, .rsubScalar, .mulTensor, .mulScalar, .divTensor,
    .divScalar, .reciprocal, .powTensorScalar, .powTensorTensor, .neg, .abs, .sign, .exp, .log,
    .log1p, .expm1, .sqrt, .rsqrt, .square, .sin, .cos, .tan, .tanh, .atanh, .asin, .acos, .atan,
    .erf, .erfinv, .round, .floor, .ceil, .trunc, .remainderScalar, .remainderTensor, .clamp,
    .clampTensor, .maximum, .minimum, .lerpScalar, .lerpTensor, .addcmul, .addcdiv, .nanToNum,
  ]
}
