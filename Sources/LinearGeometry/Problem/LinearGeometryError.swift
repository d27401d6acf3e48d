import Foundation

/// Why a linear problem cannot be posed or solved.
public enum LinearGeometryError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// A class has no example.
  case emptyClass(String)
  /// The examples of two classes have different numbers of features.
  case featureCounts(Int, Int)
  /// A feature of an example is not a finite number.
  case notFinite(className: String, example: Int, feature: Int)
  /// No feature varies, so that no hyperplane can separate anything.
  case noVariation(features: Int)
  /// The features do not fit in memory.
  case memory(needed: Int, available: Int)
  /// Regularisation of zero, where there is no unique minimum.
  case noRegularisation(loss: String, limit: String)
  /// A regularisation level that cannot be.
  case lambda(Double)
  /// A setting out of range.
  case setting(name: String, value: String, allowed: String)
  /// The solver stopped before it reached the tolerance.
  case notConverged(loss: String, lambda: Double, gap: Double)
  /// The classes cannot be separated by a hyperplane.
  case notSeparable(lambda: Double, risk: Double)

  /// What was wrong.
  public var description: String {
    switch self {
    case .emptyClass(let name): "the class '\(name)' has no example"
    case .featureCounts(let first, let second):
      "the examples of one class have \(first) features, those of the other \(second)"
    case .notFinite(let name, let example, let feature):
      "feature \(feature) of example \(example) of the class '\(name)' is not a finite number"
    case .noVariation(let features):
      "none of the \(features) features differs between examples"
    case .memory(let needed, let available):
      """
      the features need \(Self.size(needed)) of memory in double precision, and \
      \(Self.size(available)) are there
      """
    case .noRegularisation(let loss, let limit):
      "with lambda = 0 the \(loss) loss has no unique minimum; as lambda goes to 0, \(limit)"
    case .lambda(let value): "lambda is \(value)"
    case .setting(let name, let value, _): "\(name) is \(value)"
    case .notConverged(let loss, let lambda, let gap):
      "the \(loss) loss at lambda = \(lambda) stopped at a relative duality gap of \(gap)"
    case .notSeparable(let lambda, let risk):
      """
      no hyperplane separates the classes: at lambda = \(lambda) the hinge loss is still \(risk)
      """
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .emptyClass: "choose two classes that have examples"
    case .featureCounts: "give both classes the same features"
    case .notFinite: "remove the example, or fill in the value"
    case .noVariation: "give features that vary"
    case .memory: "use fewer examples, or fewer features"
    case .noRegularisation: "give a small positive lambda, or ask for the hard margin"
    case .lambda: "give a positive, finite number"
    case .setting(_, _, let allowed): "give \(allowed)"
    case .notConverged: "allow a larger gap, or scale the features to about one"
    case .notSeparable: "give a positive lambda"
    }
  }

  private static func size(_ bytes: Int) -> String {
    let gigabytes = Double(bytes) / 1e9
    return gigabytes < 0.1
      ? "\(max(1, bytes / 1_000_000)) MB" : String(format: "%.1f GB", gigabytes)
  }
}
