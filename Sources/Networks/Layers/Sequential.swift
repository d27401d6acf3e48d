import Torch

/// Layers one after the other, named `0`, `1`, … as in PyTorch.
public final class Sequential: Chain {
  private let layers: [any Layer]

  /// A chain of layers.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// A chain of the layers that the builder lists.
  public convenience init(@SequentialBuilder _ layers: () -> [any Layer]) { self.init(layers()) }

  /// The layers under their numbers.
  public var parts: [(name: String, part: Any)] {
    layers.enumerated().map { (name: "\($0)", part: $1) }
  }

  /// The layers in their order.
  public var stages: [any Layer] { layers }

  /// Applies all layers.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    layers.reduce(input) { $1($0, pass) }
  }

  /// The chain in TorchScript, in which children with numbers for names are reached by `getattr`.
  public var scriptSource: String {
    layers.indices.map { "x = getattr(self, \"\($0)\").forward(x)\n" }.joined() + "return x"
  }
}

/// Lists the layers of a ``Sequential``.
@resultBuilder
public enum SequentialBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// Several layers.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// Layers in their order.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  /// Layers of an `if`.
  public static func buildOptional(_ layers: [any Layer]?) -> [any Layer] { layers ?? [] }
  /// Layers of an `if` with its `else`.
  public static func buildEither(first layers: [any Layer]) -> [any Layer] { layers }
  /// Layers of an `else`.
  public static func buildEither(second layers: [any Layer]) -> [any Layer] { layers }
  /// Layers of a loop.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
