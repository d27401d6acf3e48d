import Foundation

/// Why nothing can be certified.
public enum CertificateError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// There is no method of that name.
  case unknownMethod(String, known: [String])
  /// A setting is out of its range.
  case setting(name: String, value: Double, allowed: String)
  /// The method looks at layers, which a TorchScript model and other functions do not show.
  case needsNetwork(method: String)
  /// The method has no proof for a layer.
  case layer(path: String, type: String, method: String)
  /// The method has no proof for an operator that a TorchScript model calls.
  case operation(String, reason: String)
  /// The method has no proof in a norm.
  case norm(String, method: String, supported: [String])
  /// The inputs are words, nodes or other numbers of things, which cannot be moved a little.
  case inputsDoNotMove(method: String)
  /// The method looks for a wrong class, and examples have several labels each.
  case needsClasses(method: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .unknownMethod(let name, _): "there is no certificate '\(name)'"
    case .setting(let name, let value, let allowed): "\(name) is \(value), it must be \(allowed)"
    case .needsNetwork(let method):
      "the certificate \(method) looks at the layers of a network, which this model does not show"
    case .layer(let path, let type, let method):
      """
      the certificate \(method) has no proof for the layer \(path.isEmpty ? "" : "\(path), a ")\(type)
      """
    case .operation(let name, let reason):
      "the certificate lipschitz has no proof for the model's \(name): \(reason)"
    case .norm(let norm, let method, _):
      "the certificate \(method) has no proof in the norm \(norm)"
    case .inputsDoNotMove(let method):
      "the certificate \(method) bounds numbers that are moved a little, and inputs are words or indices"
    case .needsClasses(let method):
      "the certificate \(method) is about one class, but these examples have several labels each"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .unknownMethod(_, let known): "choose one of \(known.joined(separator: ", "))"
    case .setting: nil
    case .needsNetwork:
      "certify with randomised smoothing, which asks any model, or a network that was trained here "
        + "(the folder of its run)"
    case .layer, .operation: "certify with randomised smoothing, which asks any model"
    case .norm(_, _, let supported): "choose one of \(supported.joined(separator: ", "))"
    case .inputsDoNotMove: "attack words with hotflip or embedding-pgd in its place"
    case .needsClasses: "measure lds in its place, which bounds nothing but sees all labels"
    }
  }
}
