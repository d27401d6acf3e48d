import Foundation

/// A recipe: a YAML file with settings for one kind of run, and profiles that change some of them.
///
/// ```yaml
/// recipe: training
/// title: A small network on digits
/// cost: { tiny: 2 s, full: 10 min }
/// training: { epochs: 20, rate: 1e-3 }
/// profiles:
///   tiny: { training: { epochs: 1 } }
///   full: {}
/// ```
public struct RecipeFile: Sendable {
  /// The file as the user named it.
  public let path: String
  /// What the recipe says about itself.
  public let header: RecipeHeader
  /// The names of the profiles, in the order of the file.
  public var profiles: [String] { profileValues.map(\.key) }

  /// The settings without any profile.
  let defaults: RecipeValue
  let headerValues: RecipeValue
  private let profileValues: [RecipeValue.Member]

  /// Reads a file.
  ///
  /// - Throws: ``RecipeError`` when the file cannot be read, is not YAML or has no valid header. The
  ///   settings are checked only by ``ResolvedRecipe/decode(_:)``.
  public static func load(_ url: URL) throws(RecipeError) -> RecipeFile {
    let path = url.relativePath
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .unreadable(file: path, reason: "no such recipe")
    }
    guard !isFolder.boolValue else { throw .unreadable(file: path, reason: "a folder, not a file") }
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw .unreadable(file: path, reason: "no permission to read it")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .invalidYAML(RecipePlace(source: path), problem: "the text is not UTF-8")
    }
    return try RecipeFile(yaml: text, path: path)
  }

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - yaml: the text.
  ///   - path: what errors call it.
  /// - Throws: ``RecipeError``, as for a file.
  public init(yaml: String, path: String) throws(RecipeError) {
    let locate = { (line: Int?, column: Int?) in
      RecipePlace(source: path, line: line, column: column)
    }
    guard let value = try RecipeParser.value(of: yaml, locate: locate), !value.isNull else {
      throw .empty(file: path)
    }
    guard let members = value.members else {
      throw .wrongType(value.place, path: "", expected: "a mapping", found: value.kind)
    }
    let headerKeys = RecipeHeader.CodingKeys.allCases.map(\.rawValue)
    let isHeader = { (member: RecipeValue.Member) in headerKeys.contains(member.key) }
    self.path = path
    headerValues = RecipeValue(.mapping(members.filter(isHeader)), at: value.place)
    header = try RecipeDecoder.decode(RecipeHeader.self, from: headerValues)
    defaults = RecipeValue(
      .mapping(members.filter { !isHeader($0) && $0.key != "profiles" }), at: value.place)
    profileValues = try Self.profiles(value["profiles"])
  }

  private static func profiles(
    _ value: RecipeValue?
  ) throws(RecipeError) -> [RecipeValue.Member] {
    guard let value, !value.isNull else { return [] }
    guard let members = value.members else {
      throw .wrongType(value.place, path: "profiles", expected: "a mapping", found: value.kind)
    }
    for member in members where member.value.members == nil && !member.value.isNull {
      throw .wrongType(
        member.value.place, path: "profiles.\(member.key)", expected: "a mapping",
        found: member.value.kind)
    }
    return members
  }

  /// The settings of a run: the recipe's own, under those of a profile, under overrides.
  ///
  /// Mappings are merged key by key; lists and all other values are replaced.
  ///
  /// - Parameters:
  ///   - profile: the name of a profile, or `nil` for the recipe's own settings.
  ///   - overrides: texts such as `training.steps=500`, whose values are YAML; later ones win.
  /// The key `sweep` is set apart: it says what is varied, not how one run goes.
  ///
  /// - Throws: ``RecipeError`` for a profile that does not exist and for an override that cannot be
  ///   applied. An override of a key that nothing knows is an error of ``ResolvedRecipe/decode(_:)``.
  public func resolved(
    profile: String? = nil, overrides: [String] = []
  ) throws(RecipeError) -> ResolvedRecipe {
    var settings = defaults
    if let profile {
      guard let member = profileValues.first(where: { $0.key == profile }) else {
        throw .unknownProfile(file: path, name: profile, known: profiles)
      }
      if !member.value.isNull { settings = settings.overlaid(with: member.value) }
    }
    for text in overrides { try RecipeOverride(text).apply(to: &settings) }
    let sweep = settings["sweep"]
    return ResolvedRecipe(
      file: self, profile: profile, overrides: overrides,
      settings: settings.removing("sweep"), sweep: sweep.flatMap { $0.isNull ? nil : $0 })
  }
}
