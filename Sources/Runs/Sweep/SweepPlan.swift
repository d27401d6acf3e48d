import Files
import Foundation
import Reports

/// Every run of a sweep, worked out before the first begins.
public struct SweepPlan: Sendable {
  /// A variant with its settings.
  public struct Variant: Sendable {
    /// The name; grid values are part of it.
    public let name: String
    /// A recipe for one run, with the settings of the variant.
    public let recipe: ResolvedRecipe

    /// The recipe with a seed and, in an early round of halving, a smaller budget.
    public func recipe(seed: UInt64, budget: (path: String, value: Int)?) -> ResolvedRecipe {
      var result = recipe
      let place = RecipePlace(source: "sweep.seeds")
      let number =
        Int(exactly: seed).map(RecipeValue.Content.integer) ?? .unsigned(seed)
      _ = result.settings.set(["seed"], to: RecipeValue(number, source: "\(seed)", at: place))
      if let budget {
        let path = budget.path.split(separator: ".").map(String.init)
        _ = result.settings.set(
          path[...],
          to: RecipeValue(.integer(budget.value), source: "\(budget.value)", at: place))
      }
      return result
    }

    /// The name as part of a path.
    public var folderName: String {
      let plain = name.map { character -> Character in
        character.isASCII
          && (character.isLetter || character.isNumber || "-_.=".contains(character))
          ? character : "-"
      }
      return String(plain)
    }
  }

  /// What the recipe says under `sweep:`.
  public let settings: SweepSettings
  /// The variants in order.
  public let variants: [Variant]
  /// The names of the variants that others are compared with.
  public let baselines: [String]
  /// The recipe with profile and overrides.
  public let recipe: ResolvedRecipe

  /// Works out a recipe's sweep. A recipe without one is a sweep of one variant and its own seed.
  ///
  /// - Throws: ``RecipeError`` with the place of what does not fit.
  public init(_ recipe: ResolvedRecipe) throws(RecipeError) {
    self.recipe = recipe
    let section =
      recipe.sweep ?? RecipeValue(.mapping([]), at: RecipePlace(source: recipe.file.path))
    settings = try RecipeDecoder.decode(SweepSettings.self, from: section, under: ["sweep"])
    variants = try Self.variants(settings, of: recipe)
    let names = variants.map(\.name)
    let place = section["baseline"]?.place ?? section.place
    baselines = settings.baselines.isEmpty ? [names[0]] : settings.baselines
    if let unknown = baselines.first(where: { !names.contains($0) }) {
      throw .notAllowed(place, path: "sweep.baseline", found: unknown, allowed: names)
    }
    for (key, list) in [
      ("forecast", section["forecast"]), ("published.values", section["published"]?["values"]),
    ] {
      for member in list?.members ?? [] where !names.contains(member.key) {
        throw .notAllowed(
          member.place, path: "sweep.\(key)", found: member.key, allowed: names)
      }
    }
    try checkHalving(section)
  }

  /// What a variant is compared with: the nearest baseline above it, or the first of all; `nil` for a
  /// baseline itself.
  public func baseline(of variant: String) -> String? {
    guard !baselines.contains(variant) else { return nil }
    let above = variants.map(\.name).prefix { $0 != variant }
    return above.last(where: baselines.contains) ?? baselines[0]
  }

  /// The short name of the sweep: decided by all it does.
  ///
  /// - Throws: where libcrypto refuses.
  public func id(version: String) throws -> String {
    let sweep = recipe.sweep?.json ?? .null
    let text = [version, recipe.header.kind, recipe.json.text(), sweep.text()]
    return String(
      try Digest.hexadecimal(.sha256, of: Array(text.joined(separator: "\n").utf8)).prefix(8))
  }

  // MARK: Variants

  private static func variants(
    _ settings: SweepSettings, of recipe: ResolvedRecipe
  ) throws(RecipeError) -> [Variant] {
    let stem = URL(filePath: recipe.file.path).deletingPathExtension().lastPathComponent
    let base = settings.common.map(recipe.settings.overlaid) ?? recipe.settings
    let named =
      settings.variants.isEmpty
      ? [("", base)]
      : settings.variants.map { variant in
        (variant.name, variant.changes.isNull ? base : base.overlaid(with: variant.changes))
      }
    let points = points(of: settings.grid)
    var result: [Variant] = []
    for (name, base) in named {
      for point in points {
        var changed = recipe
        changed.settings = base
        for entry in point {
          let path = entry.axis.path.split(separator: ".").map(String.init)
          if let obstacle = changed.settings.set(path[...], to: entry.value) {
            throw .invalid(
              entry.axis.place, path: "sweep.grid.\(entry.axis.path)",
              reason: "'\(obstacle)' has no such key")
          }
        }
        let parts =
          [name] + point.map { "\(shortName(of: $0.axis, among: settings.grid))=\($0.text)" }
        let full = parts.filter { !$0.isEmpty }.joined(separator: ", ")
        result.append(Variant(name: full.isEmpty ? stem : full, recipe: changed))
      }
    }
    return result
  }

  /// Every combination of the grid's values, the last axis fastest.
  private static func points(of grid: [SweepSettings.Axis]) -> [[GridValue]] {
    grid.reduce([[]]) { points, axis in
      points.flatMap { point in
        axis.values.map { point + [GridValue(axis: axis, value: $0)] }
      }
    }
  }

  /// The last keys of a path, as many as tell it from the other axes.
  private static func shortName(
    of axis: SweepSettings.Axis, among grid: [SweepSettings.Axis]
  ) -> String {
    let keys = axis.path.split(separator: ".")
    for count in 1...max(1, keys.count) {
      let name = keys.suffix(count).joined(separator: ".")
      let isTaken = grid.contains { $0.path != axis.path && $0.path.hasSuffix(".\(name)") }
      if !isTaken { return name }
    }
    return axis.path
  }

  // MARK: Halving

  private func checkHalving(_ section: RecipeValue) throws(RecipeError) {
    guard let halving = settings.halving, let value = section["halving"] else { return }
    func invalid(_ key: String, _ reason: String) -> RecipeError {
      .invalid(value[key]?.place ?? value.place, path: "sweep.halving.\(key)", reason: reason)
    }
    guard 2...20 ~= halving.rounds else { throw invalid("rounds", "give from 2 to 20 rounds") }
    let keep = halving.keep
    guard keep > 0, keep < 1 else { throw invalid("keep", "\(keep) is not between 0 and 1") }
    for variant in variants where budget(of: variant, round: 0) == nil {
      throw invalid(
        "setting", "'\(halving.setting)' is no whole number of at least 1 in \(variant.name)")
    }
  }

  /// The number of rounds; 1 without halving.
  public var rounds: Int { settings.halving?.rounds ?? 1 }

  /// The budget of a variant in a round; `nil` in the last round, which has the recipe's own.
  public func budget(of variant: Variant, round: Int) -> (path: String, value: Int)? {
    guard let halving = settings.halving, round < halving.rounds - 1 else { return nil }
    let path = halving.setting.split(separator: ".").map(String.init)
    guard case .integer(let full)? = variant.recipe.settings.value(at: path[...])?.content,
      full >= 1
    else { return nil }
    let share = (0..<halving.rounds - 1 - round).reduce(1.0) { value, _ in
      value * halving.keep
    }
    return (halving.setting, max(1, Int((Double(full) * share).rounded())))
  }

  /// Which variants go on: the better part by the mean of the deciding finding. Baselines always
  /// do, since there would be nothing to compare with otherwise.
  ///
  /// - Parameter scores: the mean of the finding by variant, the lower the better; variants without
  ///   one are dropped.
  public func survivors(of names: [String], scores: [String: Double]) -> [String] {
    let count = Int((Double(names.count) * (settings.halving?.keep ?? 1)).rounded(.up))
    let ranked = names.enumerated().filter { scores[$1] != nil }.sorted {
      (scores[$0.element] ?? 0, $0.offset) < (scores[$1.element] ?? 0, $1.offset)
    }
    let kept = Set(ranked.prefix(max(1, count)).map(\.element) + baselines)
    return names.filter(kept.contains)
  }
}

/// A value of one axis of the grid.
private struct GridValue {
  let axis: SweepSettings.Axis
  let value: RecipeValue

  var text: String {
    if case .text(let text) = value.content {
      text
    } else {
      value.isScalar ? value.source : value.json.text()
    }
  }
}
