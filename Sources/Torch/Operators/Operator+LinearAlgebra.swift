// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let matmul = Operator("aten::matmul(Tensor self, Tensor other) -> Tensor")
  package static let bmm = Operator("aten::bmm(Tensor self, Tensor mat2) -> Tensor")
  package static let addmm = Operator(
    """
    aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor
    """)
  package static let baddbmm = Operator(
    """
    aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> \
    Tensor
    """)
  package static let dot = Operator("aten::dot(Tensor self, Tensor tensor) -> Tensor")
  package static let einsum = Operator(
    """
    aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor
    """)
  package static let outer = Operator("aten::outer(Tensor self, Tensor vec2) -> Tensor")
  package static let cdist = Operator(
    """
    aten::cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor
    """)
  package static let svd = Operator(
    """
    aten::linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, \
    Tensor S, Tensor Vh)
    """)
  package static let qr = Operator(
    """
    aten::linalg_qr(Tensor A, str mode="reduced") -> (Tensor Q, Tensor R)
    """)
  package static let eigh = Operator(
    """
    aten::linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)
    """)
  package static let solve = Operator(
    """
    aten::linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor
    """)
  package static let inv = Operator("aten::linalg_inv(Tensor A) -> Tensor")
  package static let det = Operator("aten::linalg_det(Tensor A) -> Tensor")
  package static let cholesky = Operator(
    """
    aten::linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor
    """)
  package static let lstsq = Operator(
    """
    aten::linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor \
    solution, Tensor residuals, Tensor rank, Tensor singular_values)
    """)
  package static let solveTriangular = Operator(
    """
    aten::linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool \
    unitriangular=False) -> Tensor
    """)
  package static let trace = Operator("aten::trace(Tensor self) -> Tensor")
  package static let fft = Operator(
    """
    aten::fft_fft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor
    """)
  package static let ifft = Operator(
    """
    aten::fft_ifft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor
    """)
  package static let rfft = Operator(
    """
    aten::fft_rfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor
    """)
  package static let irfft = Operator(
    """
    aten::fft_irfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor
    """)
  package static let fft2 = Operator(
    """
    aten::fft_fft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> \
    Tensor
    """)
  package static let ifft2 = Operator(
    """
    aten::fft_ifft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> \
    Tensor
    """)
  package static let rfft2 = Operator(
    """
    aten::fft_rfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> \
    Tensor
    """)
  package static let irfft2 = Operator(
    """
    aten::fft_irfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> \
    Tensor
    """)
  package static let conjPhysical = Operator("aten::conj_physical(Tensor self) -> Tensor")
  package static let viewAsReal = Operator("aten::view_as_real(Tensor(a) self) -> Tensor(a)")
  package static let viewAsComplex = Operator("aten::view_as_complex(Tensor(a) self) -> Tensor(a)")

  static let linearAlgebra: [Operator] = [
    .matmul, .bmm, .addmm, .baddbmm, .dot, .einsum, .outer, .cdist, .svd, .qr, .eigh, .solve, .inv,
    .det, .cholesky,
    .lstsq, .solveTriangular, .trace, .fft, .ifft, .rfft, .irfft, .fft2, .ifft2, .rfft2,
    .irfft2, .conjPhysical, .viewAsReal, .viewAsComplex,
  ]
}
