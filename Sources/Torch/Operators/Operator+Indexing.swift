// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let indexSelect = Operator(
    """
    aten::index_select(Tensor self, int dim, Tensor index) -> Tensor
    """)
  package static let indexTensor = Operator(
    """
    aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor
    """)
  package static let indexPut = Operator(
    """
    aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> \
    Tensor
    """)
  package static let indexAdd = Operator(
    """
    aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> \
    Tensor
    """)
  package static let gather = Operator(
    """
    aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor
    """)
  package static let scatterSrc = Operator(
    """
    aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor
    """)
  package static let scatterValue = Operator(
    """
    aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor
    """)
  package static let scatterAdd = Operator(
    """
    aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor
    """)
  package static let maskedFillScalar = Operator(
    """
    aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor
    """)
  package static let maskedSelect = Operator(
    """
    aten::masked_select(Tensor self, Tensor mask) -> Tensor
    """)
  package static let nonzero = Operator("aten::nonzero(Tensor self) -> Tensor")
  package static let oneHot = Operator("aten::one_hot(Tensor self, int num_classes=-1) -> Tensor")
  package static let sort = Operator(
    """
    aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> \
    (Tensor values, Tensor indices)
    """)
  package static let argsort = Operator(
    """
    aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor
    """)
  package static let topk = Operator(
    """
    aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> \
    (Tensor values, Tensor indices)
    """)
  package static let kthvalue = Operator(
    """
    aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, \
    Tensor indices)
    """)
  package static let unique = Operator(
    """
    aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool \
    return_counts=False) -> (Tensor, Tensor, Tensor)
    """)
  package static let searchsortedTensor = Operator(
    """
    aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool \
    right=False, str? side=None, Tensor? sorter=None) -> Tensor
    """)
  package static let bincount = Operator(
    """
    aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor
    """)
  package static let histc = Operator(
    """
    aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor
    """)
  package static let embedding = Operator(
    """
    aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool \
    scale_grad_by_freq=False, bool sparse=False) -> Tensor
    """)

  static let indexing: [Operator] = [
    .indexSelect, .indexTensor, .indexPut, .indexAdd, .gather, .scatterSrc, .scatterValue,
    .scatterAdd, .maskedFillScalar, .maskedSelect, .nonzero, .oneHot, .sort, .argsort, .topk,
    .kthvalue, .unique, .searchsortedTensor, .bincount, .histc, .embedding,
  ]
}
