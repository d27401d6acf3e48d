import Torch

/// A layer that is not trained while others are: in every pass it does what it does in evaluation.
///
/// Its batch normalisation neither uses nor moves statistics of a batch, and its dropout drops nothing, so that
/// what it says of an input stays the same all through a run. Gradients go through it to what is before it.
public final class UntrainedLayer: Layer {
  private let layer: any Layer

  /// A layer that stays as it is.
  public init(_ layer: any Layer) { self.layer = layer }

  /// The layer's own.
  public var parts: [(name: String, part: Any)] { layer.parts }

  /// Applies the layer in evaluation mode.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    layer(input, Pass.evaluation.with(pass.precision))
  }

  /// The layer's own.
  public var scriptSource: String { layer.scriptSource }
}
