import Files
import Foundation

/// A kind of run: what its recipes say, and what is done with it.
///
/// To add one, write it in a file of its own and name it in the command's `RunKinds`. Recipes,
/// profiles, sweeps, the store, results and editor support then work for it as they are.
public protocol RunKind: Sendable {
  /// The settings of a run. They have a `seed`, and every default is filled in when they are decoded.
  associatedtype Settings: Codable & Sendable
  /// What recipes write after `recipe:`, such as `train`.
  static var name: String { get }
  /// One sentence on each setting, by its dotted path, for editors.
  static var help: [String: String] { get }
  /// The words that a text may be, by its dotted path, for editors.
  static var choices: [String: [String]] { get }
  /// What every report of such runs says in its header; nothing when empty.
  static var notice: String { get }
  /// Checks what types cannot, without looking at data.
  ///
  /// - Throws: an error that says which setting is wrong and what it may be.
  static func validate(_ settings: Settings) throws
  /// Measures on the data how long a run will take, within seconds.
  static func trial(_ settings: Settings) throws -> RunCost
  /// Runs, or goes on where an earlier attempt in the same folder stopped.
  ///
  /// - Returns: the result; `nil` when somebody asked to stop.
  /// - Throws: why it cannot; `CancellationError` says that somebody asked to stop, too.
  static func run(_ settings: Settings, in session: RunSession) throws -> RunResult?
}

/// What a run costs.
public struct RunCost: Sendable, Hashable, Codable {
  /// How long it will take on one worker, in seconds.
  public var seconds: Double
  /// How it was measured.
  public var basis: String

  /// A cost.
  public init(seconds: Double, basis: String) {
    self.seconds = seconds
    self.basis = basis
  }
}

extension RunKind {
  /// Nothing.
  public static var notice: String { "" }

  /// The settings of a recipe, checked.
  ///
  /// - Throws: ``RecipeError`` with the place of what does not fit, or what ``validate(_:)`` throws.
  public static func settings(of recipe: ResolvedRecipe) throws -> Settings {
    guard recipe.header.kind == name else {
      throw RecipeError.otherKind(
        file: recipe.file.path, kind: recipe.header.kind, expected: name)
    }
    let settings = try recipe.decode(Settings.self)
    try validate(settings)
    return settings
  }

  /// Settings as JSON with sorted keys: the same text for the same settings.
  public static func text(of settings: Settings) throws -> String {
    try CanonicalJSON.text(of: settings)
  }

  /// Settings from ``text(of:)``.
  public static func settings(fromText text: String) throws -> Settings {
    try JSONDecoder().decode(Settings.self, from: Data(text.utf8))
  }
}

/// Finds kinds of runs by name.
public enum RunKindName {
  /// The kind with a name.
  ///
  /// - Parameter recipe: the recipe that asks, for the message.
  /// - Throws: ``RecipeError/unknownKind(file:kind:known:)``.
  public static func find(
    _ name: String, in kinds: [any RunKind.Type], recipe: String
  ) throws(RecipeError) -> any RunKind.Type {
    for kind in kinds where kind.name == name { return kind }
    throw .unknownKind(file: recipe, kind: name, known: kinds.map { $0.name })
  }
}
