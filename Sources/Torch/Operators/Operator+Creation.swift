// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let zeros = Operator(
    """
    aten::zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? \
    device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let ones = Operator(
    """
    aten::ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? \
    device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let full = Operator(
    """
    aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, \
    Device? device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let arange = Operator(
    """
    aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, \
    Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let linspace = Operator(
    """
    aten::linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? \
    layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let eye = Operator(
    """
    aten::eye(SymInt n, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, \
    bool? pin_memory=None) -> Tensor
    """)
  package static let zerosLike = Operator(
    """
    aten::zeros_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? \
    device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor
    """)
  package static let onesLike = Operator(
    """
    aten::ones_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? \
    device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor
    """)
  package static let fullLike = Operator(
    """
    aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? \
    layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) \
    -> Tensor
    """)
  package static let rand = Operator(
    """
    aten::rand.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? \
    layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let randn = Operator(
    """
    aten::randn.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, \
    Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let randint = Operator(
    """
    aten::randint.low_generator(SymInt low, SymInt high, SymInt[] size, *, Generator? generator, \
    ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> \
    Tensor
    """)
  package static let randperm = Operator(
    """
    aten::randperm.generator(SymInt n, *, Generator? generator, ScalarType? dtype=4, Layout? \
    layout=None, Device? device=None, bool? pin_memory=None) -> Tensor
    """)
  package static let bernoulliP = Operator(
    """
    aten::bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor
    """)

  static let creation: [Operator] = [
    .zeros, .ones, .full, .arange, .linspace, .eye, .zerosLike, .onesLike, .fullLike, .rand, .randn,
    .randint, .randperm, .bernoulliP,
  ]
}
