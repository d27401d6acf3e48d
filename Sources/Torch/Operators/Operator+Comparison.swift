// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let eqTensor = Operator("aten::eq.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let eqScalar = Operator("aten::eq.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let neTensor = Operator("aten::ne.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let neScalar = Operator("aten::ne.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let ltTensor = Operator("aten::lt.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let ltScalar = Operator("aten::lt.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let leTensor = Operator("aten::le.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let leScalar = Operator("aten::le.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let gtTensor = Operator("aten::gt.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let gtScalar = Operator("aten::gt.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let geTensor = Operator("aten::ge.Tensor(Tensor self, Tensor other) -> Tensor")
  package static let geScalar = Operator("aten::ge.Scalar(Tensor self, Scalar other) -> Tensor")
  package static let logicalAnd = Operator("aten::logical_and(Tensor self, Tensor other) -> Tensor")
  package static let logicalOr = Operator("aten::logical_or(Tensor self, Tensor other) -> Tensor")
  package static let logicalNot = Operator("aten::logical_not(Tensor self) -> Tensor")
  package static let logicalXor = Operator("aten::logical_xor(Tensor self, Tensor other) -> Tensor")
  package static let isnan = Operator("aten::isnan(Tensor self) -> Tensor")
  package static let isinf = Operator("aten::isinf(Tensor self) -> Tensor")
  package static let isfinite = Operator("aten::isfinite(Tensor self) -> Tensor")
  package static let `where` = Operator(
    """
    aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor
    """)
  package static let whereScalarOther = Operator(
    """
    aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor
    """)
  package static let equal = Operator("aten::equal(Tensor self, Tensor other) -> bool")

  static let comparison: [Operator] = [
    .eqTensor, .eqScalar, .neTensor, .neScalar, .ltTensor, .ltScalar, .leTensor, .leScalar,
    .gtTensor, .gtScalar, .geTensor, .geScalar, .logicalAnd, .logicalOr, .logicalNot, .logicalXor,
    .isnan, .isinf, .isfinite, .where, .whereScalarOther, .equal,
  ]
}
