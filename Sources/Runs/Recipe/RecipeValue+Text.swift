import Reports
import Yams

extension RecipeValue {
  /// The value as a JSON tree; numbers that are not finite become texts such as `.inf`.
  public var json: JSONValue {
    switch content {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .unsigned(let value): .unsigned(value)
    case .number(let value) where value.isFinite: .number(value)
    case .number, .tooLarge: .string(source)
    case .text(let value): .string(value)
    case .sequence(let elements): .array(elements.map(\.json))
    case .mapping(let members): .object(JSONObject(members.map { ($0.key, $0.value.json) }))
    }
  }

  /// The value as YAML text in block style, numbers as they were written.
  public var yaml: String {
    // The emitter fails only on trees that are not of this making.
    (try? Yams.serialize(node: node, width: -1, allowUnicode: true)) ?? json.text(pretty: true)
  }

  /// A text as YAML in quotes, whatever is in it, such as a path in an override.
  public static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }

  /// Settings as YAML text in the order in which they encode themselves, with plain numbers.
  ///
  /// - Throws: what the settings throw when they cannot be encoded.
  static func yaml(of settings: some Encodable) throws -> String {
    let text = try YAMLEncoder().encode(settings)
    let place = RecipePlace(source: "settings")
    return try RecipeParser.value(of: text) { _, _ in place }?.withPlainNumbers.yaml ?? ""
  }

  /// The value with its numbers in the fewest digits that read back equal.
  private var withPlainNumbers: RecipeValue {
    switch content {
    case .number(let number): RecipeValue(content, source: "\(number)", at: place)
    case .sequence(let elements):
      RecipeValue(.sequence(elements.map(\.withPlainNumbers)), at: place)
    case .mapping(let members):
      RecipeValue(
        .mapping(
          members.map { Member(key: $0.key, place: $0.place, value: $0.value.withPlainNumbers) }),
        at: place)
    default: self
    }
  }

  private var node: Node {
    switch content {
    case .null: Node("null")
    case .text(let text):
      text.contains("\n") ? Node(text, Tag(.str), .literal) : .scalar(text.represented())
    case .sequence(let elements):
      Node(elements.map(\.node), .implicit, elements.allSatisfy(\.isScalar) ? .flow : .block)
    case .mapping(let members):
      Node(
        members.map { (.scalar($0.key.represented()), $0.value.node) }, .implicit,
        members.isEmpty ? .flow : .block)
    default: Node(source, .implicit, .plain)
    }
  }
}
