/// Where something stands in a recipe.
public struct RecipePlace: Sendable, Hashable, CustomStringConvertible {
  /// The file, or the override as it was given, such as `--set training.steps=500`.
  public let source: String
  /// The line, from 1; `nil` for an override, which has only one.
  public let line: Int?
  /// The column, from 1.
  public let column: Int?

  /// A place in a source.
  public init(source: String, line: Int? = nil, column: Int? = nil) {
    self.source = source
    self.line = line
    self.column = column
  }

  /// The source, with line and column where there are any: `mnist.yaml:4:11`.
  public var description: String {
    ([source] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
  }
}
