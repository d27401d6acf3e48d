import Networks
import Torch

/// A model that also tells what one of its layers says.
public struct FeatureTap: Sendable {
  /// The name of the layer.
  public let layer: String
  private let function: @Sendable (Tensor) throws -> (features: Tensor, logits: Tensor)

  /// A tap.
  ///
  /// - Parameter function: from inputs `[N, …]` to the layer's features and the logits `[N, K]` that are
  ///   computed from them.
  public init(
    layer: String,
    function: @escaping @Sendable (Tensor) throws -> (features: Tensor, logits: Tensor)
  ) {
    self.layer = layer
    self.function = function
  }

  /// The features and the logits of inputs.
  public func callAsFunction(_ inputs: Tensor) throws -> (features: Tensor, logits: Tensor) {
    try function(inputs)
  }

  /// A tap at a layer of a classifier.
  ///
  /// Networks built here can be tapped after every layer of their chain, TorchScript after every module
  /// that its `forward` calls outside of branches and loops.
  ///
  /// - Parameter layer: its dotted name, or the end of it where that is no other's; the last layer with
  ///   weights over places, such as a convolution, when `nil`.
  /// - Throws: ``ExplanationError/unknownLayer(_:known:)``, ``ExplanationError/layerShape(_:shape:)`` when
  ///   its output is not `[N, C, h, w]`, ``ExplanationError/opaqueModel(_:)``.
  public init(_ classifier: any Classifier, layer: String? = nil) throws {
    let candidates: [Candidate]
    switch classifier {
    case let frozen as FrozenNetwork: candidates = Self.candidates(of: frozen)
    case let script as ScriptClassifier: candidates = try Self.candidates(of: script)
    default: throw ExplanationError.opaqueModel("it is a function, not a network")
    }
    let example = Tensor.zeros([1] + classifier.inputShape)
    guard let layer else {
      self = try Self.last(candidates, example)
      return
    }
    let exact = candidates.filter { $0.name == layer }
    let named = exact.isEmpty ? candidates.filter { $0.name.hasSuffix(".\(layer)") } : exact
    guard named.count == 1, let tap = try named[0].tap() else {
      throw ExplanationError.unknownLayer(layer, known: candidates.map(\.name))
    }
    let shape = try attempt { try tap(example).features.shape }
    guard shape.count == 4 else { throw ExplanationError.layerShape(layer, shape: shape) }
    self = tap
  }

  /// A layer that may be tapped.
  private struct Candidate {
    let name: String
    let hasKernel: Bool
    let tap: () throws -> FeatureTap?
  }

  /// The last layer with weights over places whose output is a picture of features, else the last such
  /// output.
  private static func last(_ candidates: [Candidate], _ example: Tensor) throws -> FeatureTap {
    for needsKernel in [true, false] {
      for candidate in candidates.reversed() where candidate.hasKernel || !needsKernel {
        guard let tap = try candidate.tap(),
          let shape = try? attempt({ try tap(example).features.shape }), shape.count == 4
        else { continue }
        return tap
      }
    }
    throw ExplanationError.opaqueModel("no layer returns features over places")
  }

  private static func candidates(of frozen: FrozenNetwork) -> [Candidate] {
    let network = frozen.network
    let stages = network.flatStages
    return stages.indices.compactMap { index in
      guard let name = network.name(of: stages[index]) else { return nil }
      let hasKernel = stages[index].parameters.contains { $0.value.rank == 4 }
      let parts = Stages(before: Array(stages[...index]), after: Array(stages[(index + 1)...]))
      return Candidate(name: name, hasKernel: hasKernel) {
        FeatureTap(layer: name) { inputs in
          try attempt {
            let features = parts.before.reduce(inputs) { $1($0, .evaluation) }
            return (features, parts.after.reduce(features) { $1($0, .evaluation) })
          }
        }
      }
    }
  }

  /// The layers of a frozen network, which are not trained while it is in use.
  private struct Stages: @unchecked Sendable {
    let before: [any Layer]
    let after: [any Layer]
  }

  private static func candidates(of script: ScriptClassifier) throws -> [Candidate] {
    let kernels = Set(
      try script.module.state().filter { $0.value.rank == 4 }.keys.map { name in
        name.split(separator: ".").dropLast().joined(separator: ".")
      })
    let names = try script.module.layerNames()
    guard !names.isEmpty else {
      throw ExplanationError.opaqueModel("the file holds one module without layers of their own")
    }
    return names.map { name in
      Candidate(name: name, hasKernel: kernels.contains(name)) {
        guard let tap = try ScriptTap(script.module, layer: name) else { return nil }
        return FeatureTap(layer: name) { inputs in
          let (features, logits) = try tap(script.normalised(inputs))
          return (features, logits)
        }
      }
    }
  }
}
