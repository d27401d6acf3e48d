import Reports

/// Remembers which keys a type asked for while it was decoded, so that the others can be reported.
///
/// One decoding runs on one thread and owns its ledger.
final class KeyLedger {
  private var asked: [[String]: Set<String>] = [:]

  /// Notes that the mapping at a path was opened.
  func open(_ path: [String]) { asked[path, default: []].formUnion([]) }

  /// Notes that a key of the mapping at a path was asked for.
  func ask(for key: String, at path: [String]) { asked[path, default: []].insert(key) }

  /// Whether a key of the mapping at a path was asked for.
  func isAsked(_ key: String, at path: [String]) -> Bool { asked[path]?.contains(key) ?? false }

  /// All keys of a value that nothing asked for, in the order of the recipe.
  func unknownKeys(in value: RecipeValue, at path: [String] = []) -> [RecipeError.UnknownKey] {
    switch value.content {
    case .sequence(let elements):
      elements.enumerated().flatMap { unknownKeys(in: $1, at: path + ["\($0)"]) }
    case .mapping(let members):
      members.flatMap { member -> [RecipeError.UnknownKey] in
        // Nobody looked into this mapping: its own key was reported or taken without its contents.
        guard let known = asked[path] else { return [] }
        let inner = path + [member.key]
        if known.contains(member.key) { return unknownKeys(in: member.value, at: inner) }
        return [unknown(member, at: path, known: known, present: members.map(\.key))]
      }
    default: []
    }
  }

  private func unknown(
    _ member: RecipeValue.Member, at path: [String], known: Set<String>, present: [String]
  ) -> RecipeError.UnknownKey {
    let candidates = known.subtracting(present).sorted()
    let nearest = Suggestion.nearest(to: member.key, in: candidates).map { path + [$0] }
    return .init(
      place: member.place, path: (path + [member.key]).joined(separator: "."),
      suggestion: (nearest ?? elsewhere(member.key)).map { $0.joined(separator: ".") },
      known: known.sorted())
  }

  /// Another mapping in which a key of this name was asked for.
  private func elsewhere(_ key: String) -> [String]? {
    asked.filter { $0.value.contains(key) }.keys.map { $0 + [key] }
      .min { ($0.count, $0.joined(separator: ".")) < ($1.count, $1.joined(separator: ".")) }
  }
}
