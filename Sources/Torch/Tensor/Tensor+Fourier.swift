extension Tensor {
  /// The discrete Fourier transform along a dimension; complex.
  public func fft(along dimension: Int = -1) -> Tensor { Operator.fft(self, Int?.none, dimension) }
  /// The inverse of ``fft(along:)``.
  public func inverseFFT(along dimension: Int = -1) -> Tensor {
    Operator.ifft(self, Int?.none, dimension)
  }
  /// The half of the transform of real input that is not redundant; complex.
  public func realFFT(along dimension: Int = -1) -> Tensor {
    Operator.rfft(self, Int?.none, dimension)
  }
  /// The inverse of ``realFFT(along:)`` for output of length `count`.
  public func inverseRealFFT(count: Int, along dimension: Int = -1) -> Tensor {
    Operator.irfft(self, count, dimension)
  }
  /// The two-dimensional transform over the last two dimensions; complex.
  public func fft2() -> Tensor { Operator.fft2(self) }
  /// The inverse of ``fft2()``.
  public func inverseFFT2() -> Tensor { Operator.ifft2(self) }
  /// Complex numbers as pairs of real ones in a new last dimension of size 2.
  public func asReal() -> Tensor { Operator.viewAsReal(self) }
  /// Pairs of real numbers in the last dimension as complex ones.
  public func asComplex() -> Tensor { Operator.viewAsComplex(self) }
  /// Complex numbers with the other sign of their imaginary part.
  public func conjugated() -> Tensor { Operator.conjPhysical(self) }
}
