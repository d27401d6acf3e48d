import Networks
import Torch

/// A layer that knows in which intervals its outputs lie when its inputs lie in intervals.
///
/// To certify networks with a layer of one's own, conform it. Chains (`Chain`) and residual blocks need
/// no conformance.
public protocol IntervalBounded: Layer {
  /// Intervals that hold the layer's outputs, exact and as single precision computes them, in evaluation
  /// mode for all inputs in intervals `[N, …]`.
  func intervals(_ inputs: Intervals) -> Intervals
}

extension Intervals {
  /// Intervals that hold what a layer makes of these.
  ///
  /// - Throws: ``CertificateError/layer(path:type:method:)`` for a layer without a proof.
  public func through(_ layer: any Layer) throws(CertificateError) -> Intervals {
    if let bounded = layer as? any IntervalBounded { return bounded.intervals(self) }
    if let residual = layer as? Residual {
      let shortcut = try residual.shortcut.map { layer throws(CertificateError) in
        try through(layer)
      }
      return try through(residual.body) + (shortcut ?? self)
    }
    guard let chain = layer as? any Chain else {
      throw .layer(path: "", type: "\(type(of: layer))", method: "intervals")
    }
    return try through(chain.stages)
  }

  /// Intervals that hold what layers make of these, one after the other.
  ///
  /// - Throws: ``CertificateError/layer(path:type:method:)`` for a layer without a proof.
  public func through(_ layers: [any Layer]) throws(CertificateError) -> Intervals {
    var intervals = self
    for layer in layers { intervals = try intervals.through(layer) }
    return intervals
  }
}
