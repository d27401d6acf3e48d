import Networks
import Perturbations
import Torch

/// A layer that knows how much longer than its cause a change of its output can be.
///
/// The bound is a proof: from above, in double precision, from the weights as they are now. A power
/// iteration, which comes from below, is none. To certify networks with a layer of one's own, conform
/// it; chains (`Chain`) and residual blocks need no conformance.
public protocol LipschitzBounded: Layer {
  /// A bound on `|f(x) - f(x')| / |x - x'|` in evaluation mode, over all inputs.
  ///
  /// - Parameters:
  ///   - norm: how changes are measured, at both ends.
  ///   - inputShape: the shape of one input, without the batch dimension.
  /// - Throws: ``CertificateError/norm(_:method:supported:)`` for a norm the layer has no bound in.
  func lipschitzBound(
    in norm: any Norm, inputShape: [Int]
  ) throws(CertificateError) -> Double
}

/// Bounds on the Lipschitz constants of networks.
public enum LipschitzBound {
  /// The product of the bounds of layers that act one after the other; branches of residual blocks
  /// add up.
  ///
  /// - Parameter inputShape: the shape of one input; what comes out in its place.
  /// - Throws: ``CertificateError``, and what a layer reports that does not take inputs of the shape.
  public static func product(
    of layers: [any Layer], in norm: any Norm, inputShape: inout [Int]
  ) throws -> Double {
    var bound = 1.0
    for layer in layers {
      bound *= try factor(of: layer, in: norm, inputShape: inputShape)
      let shape = inputShape
      inputShape = try attempt {
        // Zeros show the shape of what comes next.
        Array(withoutGradients { layer(Tensor.zeros([1] + shape)) }.shape.dropFirst())
      }
    }
    return bound
  }

  private static func factor(
    of layer: any Layer, in norm: any Norm, inputShape: [Int]
  ) throws -> Double {
    if let bounded = layer as? any LipschitzBounded {
      return try bounded.lipschitzBound(in: norm, inputShape: inputShape)
    }
    func product(of layer: any Layer) throws -> Double {
      var shape = inputShape
      return try self.product(of: layer.flatStages, in: norm, inputShape: &shape)
    }
    if let constrained = layer as? any ConstrainedLayer {
      return try factor(of: constrained.frozen(), in: norm, inputShape: inputShape)
    }
    if let residual = layer as? LipschitzResidual {
      let share = residual.share.detached().to(.float64).item
      return try share + (1 - share) * product(of: residual.body)
    }
    if let residual = layer as? Residual {
      return try product(of: residual.body) + (residual.shortcut.map(product) ?? 1)
    }
    guard layer is any Chain else {
      throw CertificateError.layer(path: "", type: "\(type(of: layer))", method: "lipschitz")
    }
    return try product(of: layer)
  }
}

extension Norm {
  /// Checks that this is the Euclidean norm, the only one that most layers have a bound in.
  func requireEuclidean() throws(CertificateError) {
    guard self is L2 else { throw .norm(name, method: "lipschitz", supported: ["l2"]) }
  }
}
