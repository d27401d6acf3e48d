import Networks
import Torch

/// A way to prove that no perturbation of some size changes what a model says.
///
/// Certificates are small values: settings and one method. To add one, write it in a file of its own
/// and name it in ``CertificateMethods/all``.
public protocol Certificate: Sendable {
  /// The name in ids and on the command line, such as `intervals`.
  var name: String { get }
  /// The norms in which it measures perturbations.
  var norms: [String] { get }
  /// Every setting with its value, for reports.
  var settings: [(name: String, value: String)] { get }
  /// Certifies a batch.
  ///
  /// What is said about an example depends on the example, its index, the settings and the seed; not
  /// on the batch it is in or the number of workers.
  ///
  /// - Parameter progress: called with the number of examples done, from any worker.
  /// - Throws: ``CertificateError`` for settings that make no sense and models the method has no proof
  ///   for; what the model throws.
  func certify(
    _ classifier: any Classifier, _ batch: Batch, context: Context,
    progress: (@Sendable (_ done: Int) -> Void)?
  ) throws -> CertifiedResult
}

extension Certificate {
  /// Certifies a batch.
  public func certify(
    _ classifier: any Classifier, _ batch: Batch, context: Context
  ) throws -> CertifiedResult {
    try certify(classifier, batch, context: context, progress: nil)
  }

  /// The network behind a classifier, for methods that look at its layers.
  func network(
    of classifier: any Classifier, provenFor isProven: (any Layer) -> Bool
  ) throws(CertificateError) -> FrozenNetwork {
    guard let frozen = classifier as? FrozenNetwork else { throw .needsNetwork(method: name) }
    if let (path, layer) = frozen.network.namedLeaves.first(where: { !isProven($0.layer) }) {
      throw .layer(path: path, type: "\(type(of: layer))", method: name)
    }
    return frozen
  }

  /// Checks that examples are numbers with one class each.
  func check(_ batch: Batch) throws(CertificateError) {
    guard batch.inputs.dtype != .int64 else { throw .inputsDoNotMove(method: name) }
    guard batch.targets == nil else { throw .needsClasses(method: name) }
  }
}

/// The certificates there are, by name.
public enum CertificateMethods {
  /// What `touchstone certify --method NAME` finds, with default settings: one line a certificate.
  public static let all: [any Certificate] = [
    RandomizedSmoothing(), IntervalBounds(), LipschitzMargin(),
  ]

  /// The certificate with a name.
  ///
  /// - Throws: ``CertificateError/unknownMethod(_:known:)``.
  public static func named(_ name: String) throws(CertificateError) -> any Certificate {
    guard let method = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownMethod(name, known: all.map(\.name))
    }
    return method
  }
}
