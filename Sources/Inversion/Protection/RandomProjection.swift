import Torch

/// A random projection of templates with orthonormal rows, the same for everybody: a system's secret that
/// can be changed when templates were stolen (Teoh et al., "Random multispace quantization", TPAMI 2006).
///
/// To as many coordinates it is a rotation, which changes no score at all; to fewer, scores are those of
/// before on average, with a deviation of about `1 / √M`. It protects against whoever does not know the
/// matrix: a white-box attacker does, and computes losses behind it.
public struct RandomProjection: TemplateProtection {
  /// The width of templates, D.
  public let from: Int
  /// The width of protected templates, M.
  public let to: Int
  private let matrix: Tensor

  /// A projection.
  ///
  /// - Parameters:
  ///   - from: the width of templates, D.
  ///   - to: the width of protected templates, from 1 to D.
  ///   - seed: the secret.
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for widths out of range.
  public init(from: Int, to: Int, seed: UInt64) throws(InversionError) {
    guard from >= 1, 1...from ~= to else {
      throw .setting(name: "width of the projection", value: "\(to)", allowed: "from 1 to \(from)")
    }
    self.from = from
    self.to = to
    let generator = Generator(seed: seed, purpose: "template.projection")
    let (q, r) = Tensor.normal([from, to], dtype: .float64, using: generator).qr()
    // The signs of R's diagonal make the distribution uniform (Mezzadri, 2007).
    matrix = (q * r.diagonal().sign()).transposed().contiguous().to(.float32)
  }

  /// `projection to M`.
  public var name: String { "projection to \(to)" }
  /// D.
  public var inputWidth: Int? { from }
  /// M.
  public func outputWidth(of width: Int) -> Int { to }
  /// The projected templates.
  public func protect(_ templates: Tensor) -> Tensor {
    templates.linear(matrix.to(templates.device).to(templates.dtype))
  }
}
