// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let reshape = Operator(
    """
    aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)
    """)
  package static let permute = Operator("aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)")
  package static let transpose = Operator(
    """
    aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)
    """)
  package static let squeezeDim = Operator(
    """
    aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)
    """)
  package static let squeeze = Operator("aten::squeeze(Tensor(a) self) -> Tensor(a)")
  package static let unsqueeze = Operator("aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)")
  package static let expand = Operator(
    """
    aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)
    """)
  package static let flatten = Operator(
    """
    aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)
    """)
  package static let cat = Operator("aten::cat(Tensor[] tensors, int dim=0) -> Tensor")
  package static let stack = Operator("aten::stack(Tensor[] tensors, int dim=0) -> Tensor")
  package static let splitTensor = Operator(
    """
    aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]
    """)
  package static let chunk = Operator(
    """
    aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]
    """)
  package static let narrow = Operator(
    """
    aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)
    """)
  package static let select = Operator(
    """
    aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)
    """)
  package static let sliceTensor = Operator(
    """
    aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt \
    step=1) -> Tensor(a)
    """)
  package static let flip = Operator("aten::flip(Tensor self, int[] dims) -> Tensor")
  package static let roll = Operator(
    """
    aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor
    """)
  package static let `repeat` = Operator("aten::repeat(Tensor self, SymInt[] repeats) -> Tensor")
  package static let repeatInterleave = Operator(
    """
    aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? \
    output_size=None) -> Tensor
    """)
  package static let tril = Operator("aten::tril(Tensor self, SymInt diagonal=0) -> Tensor")
  package static let triu = Operator("aten::triu(Tensor self, SymInt diagonal=0) -> Tensor")
  package static let diagonal = Operator(
    """
    aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)
    """)
  package static let diagEmbed = Operator(
    """
    aten::diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor
    """)
  package static let contiguous = Operator(
    """
    aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=0) -> Tensor(a)
    """)
  package static let clone = Operator(
    """
    aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor
    """)
  package static let unfold = Operator(
    """
    aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)
    """)
  package static let toDtype = Operator(
    """
    aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, \
    MemoryFormat? memory_format=None) -> Tensor(a)
    """)
  package static let toDevice = Operator(
    """
    aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, \
    bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)
    """)
  package static let pad = Operator(
    """
    aten::pad(Tensor self, SymInt[] pad, str mode="constant", float? value=None) -> Tensor
    """)
  package static let pixelShuffle = Operator(
    """
    aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor
    """)
  package static let pixelUnshuffle = Operator(
    """
    aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor
    """)

  static let shape: [Operator] = [
    .reshape, .permute, .transpose, .squeezeDim, .squeeze, .unsqueeze, .expand, .flatten, .cat,
    .stack, .splitTensor, .chunk, .narrow, .select, .sliceTensor, .flip, .roll, .repeat,
    .repeatInterleave, .tril, .triu, .diagonal, .diagEmbed, .contiguous, .clone, .unfold, .toDtype,
    .toDevice, .pad, .pixelShuffle, .pixelUnshuffle,
  ]
}
