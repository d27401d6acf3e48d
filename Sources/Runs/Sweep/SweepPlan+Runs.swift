import Foundation

extension SweepPlan {
  /// One run of the sweep, as the store keeps it. A sweep's runs have one thread each unless the recipe says
  /// otherwise: side by side they use the cores better than one run with all of them.
  ///
  /// - Parameters:
  ///   - round: the round of halving, from 0.
  ///   - name: what the store calls the recipe.
  ///   - folder: the sweep's folder; each run has one of its own in it.
  ///   - version: the version of the program.
  /// - Throws: ``RecipeError``, or what the kind says of settings that cannot be.
  public func newRun(
    _ variant: Variant, seed: UInt64, round: Int, of kind: any RunKind.Type, name: String,
    folder: URL, version: String
  ) throws -> NewRun {
    let recipe = variant.recipe(seed: seed, budget: budget(of: variant, round: round))
      .settingDefault("threads", to: 1)
    func text<Kind: RunKind>(_ kind: Kind.Type) throws -> String {
      try kind.text(of: kind.settings(of: recipe))
    }
    let parts = [variant.folderName, "seed-\(seed)"] + (rounds > 1 ? ["round-\(round)"] : [])
    return NewRun(
      kind: recipe.header.kind, recipe: name, profile: recipe.profile, variant: variant.name,
      seed: seed, settings: try text(kind),
      folder: parts.reduce(folder) { $0.appending(path: $1) }.path, version: version)
  }
}

extension NewRun {
  /// A single run of a recipe, as the store keeps it.
  ///
  /// - Parameters:
  ///   - name: what the store calls the recipe.
  ///   - variant: the variant of a sweep that the settings are.
  ///   - version: the version of the program.
  /// - Throws: ``RecipeError``, or what the kind says of settings that cannot be.
  public init<Kind: RunKind>(
    _ recipe: ResolvedRecipe, of kind: Kind.Type, name: String, variant: String?, folder: String,
    version: String
  ) throws {
    let settings = try kind.text(of: kind.settings(of: recipe))
    self.init(
      kind: kind.name, recipe: name, profile: recipe.profile, variant: variant,
      seed: try JSONDecoder().decode(Seeded.self, from: Data(settings.utf8)).seed,
      settings: settings, folder: folder, version: version)
  }
}

/// The part of any kind's settings that says what they are drawn from.
private struct Seeded: Decodable { let seed: UInt64 }
