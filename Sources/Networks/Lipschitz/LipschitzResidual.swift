import Torch

/// `a x + (1 - a) body(x)` with a learned share `a`: 1-Lipschitz where the body is.
public final class LipschitzResidual: Layer {
  package let body: any Layer
  /// The share's logit, a single number.
  @Parameter public var alpha: Tensor

  /// A residual block that begins with equal shares.
  public init(_ body: any Layer) {
    self.body = body
    _alpha = Parameter(wrappedValue: .zeros([]))
  }

  private init(frozen block: LipschitzResidual) {
    body = block.body.frozen()
    _alpha = Parameter(wrappedValue: block.alpha.detached())
  }

  /// The block with plain weights.
  func frozenBlock() -> LipschitzResidual { LipschitzResidual(frozen: self) }

  /// The input's share now, in (0, 1).
  public var share: Tensor { alpha.sigmoid() }

  /// Applies the block.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input * share + body(input, pass) * (1 - share)
  }

  /// The block in TorchScript.
  public var scriptSource: String {
    """
    share = torch.sigmoid(self.alpha)
    return x * share + self.body.forward(x) * (1 - share)
    """
  }
}
