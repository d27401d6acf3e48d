import Reports

/// The settings of one run, with profile and overrides applied.
public struct ResolvedRecipe: Sendable {
  /// Where the settings come from.
  public let file: RecipeFile
  /// The profile, if one was chosen.
  public let profile: String?
  /// The overrides, in the order in which they were applied.
  public let overrides: [String]
  /// The settings.
  public let settings: RecipeValue

  /// What the recipe says about itself.
  public var header: RecipeHeader { file.header }

  /// Reads the settings into a type.
  ///
  /// Keys that the type does not ask for while it decodes are errors, all of them at once.
  ///
  /// - Throws: ``RecipeError`` with file, line, column and dotted path of what does not fit.
  public func decode<Settings: Decodable>(
    _ type: Settings.Type = Settings.self
  ) throws(RecipeError) -> Settings {
    try RecipeDecoder.decode(type, from: settings)
  }

  /// The settings as a JSON tree, keys in the order of the recipe.
  public var json: JSONValue { settings.json }

  /// The whole recipe as YAML, without profiles: itself a recipe with the same settings.
  public var yaml: String {
    var lines: [String] = []
    if let profile { lines.append("# profile: \(profile)") }
    lines += overrides.map { "# --set \($0.replacing("\n", with: " "))" }
    let comment = lines.map { $0 + "\n" }.joined()
    return comment + file.headerValues.overlaid(with: settings).yaml
  }
}
