/// A layer that is others, one after the other: what walks a network layer by layer sees through it.
public protocol Chain: Layer {
  /// The layers in the order in which they act. In evaluation mode the chain is their composition.
  var stages: [any Layer] { get }
}

extension Layer {
  /// The layers that a network applies one after the other, with all chains resolved.
  public var flatStages: [any Layer] {
    (self as? any Chain)?.stages.flatMap(\.flatStages) ?? [self]
  }
}
