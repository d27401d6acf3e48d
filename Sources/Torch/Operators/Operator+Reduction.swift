// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let sum = Operator("aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor")
  package static let sumDim = Operator(
    """
    aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? \
    dtype=None) -> Tensor
    """)
  package static let mean = Operator("aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor")
  package static let meanDim = Operator(
    """
    aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> \
    Tensor
    """)
  package static let prod = Operator("aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor")
  package static let prodDim = Operator(
    """
    aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> \
    Tensor
    """)
  package static let amax = Operator(
    """
    aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor
    """)
  package static let amin = Operator(
    """
    aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor
    """)
  package static let maxDim = Operator(
    """
    aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)
    """)
  package static let minDim = Operator(
    """
    aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)
    """)
  package static let argmax = Operator(
    """
    aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor
    """)
  package static let argmin = Operator(
    """
    aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor
    """)
  package static let variance = Operator(
    """
    aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool \
    keepdim=False) -> Tensor
    """)
  package static let std = Operator(
    """
    aten::std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool \
    keepdim=False) -> Tensor
    """)
  package static let logsumexp = Operator(
    """
    aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor
    """)
  package static let allTrue = Operator("aten::all(Tensor self) -> Tensor")
  package static let anyTrue = Operator("aten::any(Tensor self) -> Tensor")
  package static let allTrueDim = Operator(
    """
    aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor
    """)
  package static let anyTrueDim = Operator(
    """
    aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor
    """)
  package static let cumsum = Operator(
    """
    aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor
    """)
  package static let cumprod = Operator(
    """
    aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor
    """)
  package static let vectorNorm = Operator(
    """
    aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, \
    ScalarType? dtype=None) -> Tensor
    """)
  package static let medianDim = Operator(
    """
    aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor \
    indices)
    """)
  package static let quantile = Operator(
    """
    aten::quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str \
    interpolation="linear") -> Tensor
    """)
  package static let countNonzeroDim = Operator(
    """
    aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor
    """)

  static let reduction: [Operator] = [
    .sum, .sumDim, .mean, .meanDim, .prod, .prodDim, .amax, .amin, .maxDim, .minDim, .argmax,
    .argmin, .variance, .std, .logsumexp, .allTrue, .anyTrue, .allTrueDim, .anyTrueDim, .cumsum,
    .cumprod, .vectorNorm, .medianDim, .quantile, .countNonzeroDim,
  ]
}
