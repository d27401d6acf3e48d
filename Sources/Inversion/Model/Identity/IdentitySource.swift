/// Where an attack on a classifier has its idea of a person from.
///
/// Whoever has a picture of the person, or a template of one, does not invert a classifier but a template, and
/// there is no such source.
public enum IdentitySource: String, Sendable, Codable, CaseIterable {
  /// The weights of the class in the last layer of the target, which a white box shows.
  case classWeight
  /// The mean template of the public images that the target takes for the class most readily.
  case publicLookAlikes
  /// The vector that the prior learns for the class, as its condition.
  case learned

  /// The source of a name in a recipe.
  ///
  /// - Throws: ``InversionError/privateIdentity(source:people:)`` for a private image,
  ///   ``InversionError/setting(name:value:allowed:)`` for another name.
  public init(named name: String) throws(InversionError) {
    if name.lowercased().contains("private") {
      throw .privateIdentity(source: name, people: [])
    }
    guard let source = Self(rawValue: name) else {
      throw .setting(
        name: "identity.source", value: name,
        allowed: "one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self = source
  }

  /// Reads a name.
  ///
  /// - Throws: what ``init(named:)`` throws.
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }
}
