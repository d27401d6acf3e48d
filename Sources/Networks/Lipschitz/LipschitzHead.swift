import Torch

/// The last layer of a 1-Lipschitz network: what is bounded about its outputs, which decides how large
/// certificates are.
public enum LipschitzHead: Int, Sendable, CaseIterable {
  /// All outputs together lengthen nothing: orthonormal rows.
  case joint = 0
  /// Every output by itself lengthens nothing: rows of length 1.
  case perClass = 1
  /// The matrix has the Frobenius norm 1.
  case frobenius = 2

  /// The layer.
  func layer(_ inputs: Int, _ outputs: Int, using generator: Generator) -> any Layer {
    switch self {
    case .joint: SpectralLinear(inputs, outputs, using: generator)
    case .perClass: FrobeniusLinear(inputs, outputs, scope: .rows, using: generator)
    case .frobenius: FrobeniusLinear(inputs, outputs, scope: .whole, using: generator)
    }
  }
}
