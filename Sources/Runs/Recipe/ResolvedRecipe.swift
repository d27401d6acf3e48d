import Reports

/// The settings of one run, with profile and overrides applied.
public struct ResolvedRecipe: Sendable {
  /// Where the settings come from.
  public let file: RecipeFile
  /// The profile, if one was chosen.
  public let profile: String?
  /// The overrides, in the order in which they were applied.
  public let overrides: [String]
  /// The settings of the run.
  public internal(set) var settings: RecipeValue
  /// What is swept over, where the recipe says so.
  public let sweep: RecipeValue?

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
  public var yaml: String { comment + file.headerValues.overlaid(with: settings).yaml }

  /// The whole recipe as YAML, fully resolved: without profiles, and with every default written out.
  ///
  /// - Parameter settings: what ``decode(_:)`` gave.
  public func yaml(of settings: some Encodable) -> String {
    // The encoder fails only on values that cannot be written at all, which settings are not.
    guard let text = try? RecipeValue.yaml(of: settings) else { return yaml }
    return comment + file.headerValues.yaml + text
  }

  private var comment: String {
    var lines: [String] = []
    if let profile { lines.append("# profile: \(profile)") }
    lines += overrides.map { "# --set \($0.replacing("\n", with: " "))" }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension ResolvedRecipe {
  /// The recipe with its overrides once more on top, where a variant was laid over them: what somebody asks
  /// for in a single run wins over what a variant says.
  ///
  /// - Throws: ``RecipeError/invalidOverride(_:problem:)`` for an override that does not fit the variant.
  public func overriddenAgain() throws(RecipeError) -> ResolvedRecipe {
    var result = self
    for text in overrides {
      let change = try RecipeOverride(text)
      if change.path.first != "sweep" { try change.apply(to: &result.settings) }
    }
    return result
  }

  /// The recipe without what is varied: one run of its settings.
  func withoutSweep() -> ResolvedRecipe {
    ResolvedRecipe(
      file: file, profile: profile, overrides: overrides, settings: settings, sweep: nil)
  }

  /// The recipe with a whole number where it says nothing about a setting.
  public func settingDefault(_ path: String, to value: Int) -> ResolvedRecipe {
    let keys = path.split(separator: ".").map(String.init)
    guard settings.value(at: keys[...]) == nil else { return self }
    var result = self
    let place = RecipePlace(source: "a default")
    _ = result.settings.set(
      keys[...], to: RecipeValue(.integer(value), source: "\(value)", at: place))
    return result
  }
}
