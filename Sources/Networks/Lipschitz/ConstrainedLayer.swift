import Torch

/// A layer whose weights are a function of its parameters: the parameters are free, what acts is not.
///
/// Training moves the parameters, and gradients go through the function. A finished network does not
/// need it: ``Layer/frozen()`` puts plain layers in its place.
public protocol ConstrainedLayer: Layer {
  /// A plain layer that does the same in evaluation mode, from the parameters as they are now.
  func materialised() -> any Layer
}

extension ConstrainedLayer {
  /// The plain layer in TorchScript.
  public var scriptSource: String { materialised().scriptSource }
}

extension Layer {
  /// The network with plain weights in place of constrained ones, from the parameters as they are now.
  ///
  /// Evaluation passes give the same outputs and cost what those of a plain network cost. What was
  /// frozen has weights of its own: training the original does not move them. A network without
  /// constrained layers is returned as it is.
  public func frozen() -> any Layer {
    if let constrained = self as? any ConstrainedLayer {
      return withoutGradients { constrained.materialised() }
    }
    guard namedLeaves.contains(where: { $0.layer is any ConstrainedLayer }) else { return self }
    if let residual = self as? Residual {
      return Residual(residual.body.frozen(), shortcut: residual.shortcut?.frozen())
    }
    if let block = self as? LipschitzResidual { return block.frozenBlock() }
    guard let chain = self as? any Chain else { return self }
    return Sequential(chain.stages.map { $0.frozen() })
  }
}
