import Torch
import Training

/// A term that looks at images which an attack makes.
protocol ImageTerm: Term {}

extension ImageTerm {
  /// It looks at images, not at what the trained model says of examples.
  public var outputs: OutputKind? { nil }
  /// It runs a denoiser, which is no layer.
  public var needsLayer: Bool { false }
}
