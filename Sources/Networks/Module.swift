import Torch

/// Something with weights: a layer or a network of layers.
///
/// Weights (``Parameter``), buffers and child modules are found by reflection over stored
/// properties, arrays and optionals; there is nothing to register. Their dotted names, such as
/// `layers.0.weight`, are those PyTorch gives, so weights load by name.
public protocol Module: AnyObject {
  /// Stored parts by name: parameters, buffers, modules, and arrays or optionals of them.
  var parts: [(name: String, part: Any)] { get }
}

/// A module that maps one tensor to one tensor.
public protocol Layer: Module {
  /// Applies the layer.
  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor
  /// The body of the layer's `forward(self, x)` in TorchScript, ending with a `return` statement.
  /// Weights and child modules are attributes of `self` under their names.
  var scriptSource: String { get }
}

extension Layer {
  /// Applies the layer in evaluation mode.
  public func callAsFunction(_ input: Tensor) -> Tensor { self(input, .evaluation) }
}

extension Module {
  /// Stored properties, found by reflection.
  public var parts: [(name: String, part: Any)] {
    var result: [(String, Any)] = []
    var mirror: Mirror? = Mirror(reflecting: self)
    while let current = mirror {
      let own = current.children.compactMap { child in
        child.label.map { (torchName($0), child.value) }
      }
      result.insert(contentsOf: own, at: 0)
      mirror = current.superclassMirror
    }
    return result
  }

  /// PyTorch's name of a stored property: `_runningMean`, a wrapper's storage, is `running_mean`.
  private func torchName(_ label: String) -> String {
    label.drop { $0 == "_" }.reduce(into: "") { name, character in
      if character.isUppercase { name += "_" }
      name += character.lowercased()
    }
  }

  /// All weights with their dotted names, in the order of declaration.
  public var namedParameters: [(name: String, parameter: Parameter)] {
    collect { $0 as? Parameter }.map { (name: $0.0, parameter: $0.1) }
  }

  /// All weights, in the order of declaration.
  public var parameters: [Parameter] { namedParameters.map(\.parameter) }

  /// All buffers with their dotted names, in the order of declaration.
  public var namedBuffers: [(name: String, buffer: Buffer)] {
    collect { $0 as? Buffer }.map { (name: $0.0, buffer: $0.1) }
  }

  /// All layers that are not made of others, with their dotted names, in the order of declaration.
  package var namedLeaves: [(name: String, layer: any Layer)] {
    collect { part -> (any Layer)? in
      part is any Chain || part is Residual || part is LipschitzResidual
        ? nil : part as? any Layer
    }.map { (name: $0.0, layer: $0.1) }
  }

  /// Whether a part of it, however deep, normalises by the statistics of a batch.
  package var hasBatchStatistics: Bool { !collect { $0 as? BatchNorm }.isEmpty }

  /// The dotted name of a layer that is part of this module, however deep; `nil` where it is none, as for
  /// layers that are made when they are asked for.
  package func name(of layer: any Layer) -> String? {
    collect { part in (part as? any Layer).flatMap { $0 === layer ? $0 : nil } }.first?.0
  }

  /// The number of weights, counted element by element.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  private func collect<Part>(_ match: (Any) -> Part?) -> [(String, Part)] {
    var found: [(String, Part)] = []
    func walk(_ part: Any, _ name: String) {
      if let hit = match(part) {
        found.append((name, hit))
      } else if let module = part as? any Module {
        for (child, value) in module.parts {
          walk(value, name.isEmpty ? child : "\(name).\(child)")
        }
      } else if let list = part as? [Any] {
        for (index, item) in list.enumerated() { walk(item, "\(name).\(index)") }
      } else if case let mirror = Mirror(reflecting: part), mirror.displayStyle == .optional {
        if let content = mirror.children.first { walk(content.value, name) }
      }
    }
    walk(self, "")
    return found
  }
}
