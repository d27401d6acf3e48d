import Torch

/// `body(x) + shortcut(x)`, with the input itself as the shortcut where there is none.
public final class Residual: Layer {
  package let body: any Layer
  package let shortcut: (any Layer)?

  /// A residual block.
  public init(_ body: any Layer, shortcut: (any Layer)? = nil) {
    self.body = body
    self.shortcut = shortcut
  }

  /// Applies both branches and adds.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    body(input, pass) + (shortcut?(input, pass) ?? input)
  }

  /// The block in TorchScript.
  public var scriptSource: String {
    "return self.body.forward(x) + \(shortcut == nil ? "x" : "self.shortcut.forward(x)")"
  }
}
