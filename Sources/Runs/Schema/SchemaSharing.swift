import Reports

/// Makes a JSON Schema shorter: parts that occur more than once become definitions, and their places
/// refer to them.
///
/// What a place says of its own (description, default, and which keys it requires) stays there, beside the
/// reference: JSON Schema (draft 2020-12) takes both together. Definitions are named after the setting
/// that a part was first met at.
struct SchemaSharing {
  private static let own: Set<String> = ["description", "default", "required"]
  /// Parts with fewer keys at all depths than this stay where they are: a reference is no shorter.
  private static let leastSize = 4

  private var occurrences: [JSONValue: Int] = [:]
  private var names: [JSONValue: String] = [:]
  private var used: Set<String> = []
  private var definitions: [(String, JSONValue)] = []

  /// The schema with its repeated parts under `$defs`.
  static func shared(_ schema: JSONObject) -> JSONObject {
    var sharing = SchemaSharing()
    if case .object(let known)? = schema["$defs"] {
      sharing.used = Set(known.members.map(\.key))
    }
    sharing.count(schema, isRoot: true)
    var result = sharing.rewritten(schema, name: "recipe", isRoot: true)
    var all: [(String, JSONValue)] = []
    if case .object(let known)? = result["$defs"] { all = known.members.map { ($0.key, $0.value) } }
    result["$defs"] = .object(JSONObject(all + sharing.definitions))
    return result
  }

  /// Counts how often each part occurs, within a part that occurs again only once.
  private mutating func count(_ schema: JSONObject, isRoot: Bool = false) {
    if !isRoot, let key = Self.key(schema) {
      occurrences[key, default: 0] += 1
      if occurrences[key, default: 0] > 1 { return }
    }
    for (_, part) in Self.parts(of: schema) { count(part) }
  }

  private mutating func rewritten(
    _ schema: JSONObject, name: String, isRoot: Bool = false
  ) -> JSONObject {
    guard !isRoot, let key = Self.key(schema), occurrences[key, default: 0] > 1 else {
      return replacingParts(of: schema, name: name)
    }
    if names[key] == nil {
      let title = unused(name)
      names[key] = title
      let place = definitions.count
      definitions.append((title, .null))
      definitions[place].1 = .object(replacingParts(of: Self.bare(schema), name: name))
    }
    var reference: JSONObject = ["$ref": .string("#/$defs/\(names[key] ?? name)")]
    for member in schema.members where Self.own.contains(member.key) {
      reference[member.key] = member.value
    }
    return reference
  }

  private mutating func unused(_ name: String) -> String {
    var (title, number) = (name, 1)
    while !used.insert(title).inserted {
      number += 1
      title = "\(name)-\(number)"
    }
    return title
  }

  // MARK: Places of schemas in schemas

  private static let mappings = ["properties", "$defs"]
  private static let singles = ["items", "additionalProperties", "if", "then", "else"]
  private static let lists = ["anyOf", "allOf", "oneOf"]

  private static func parts(of schema: JSONObject) -> [(name: String?, part: JSONObject)] {
    schema.members.flatMap { member -> [(name: String?, part: JSONObject)] in
      switch member.value {
      case .object(let object) where mappings.contains(member.key):
        object.members.compactMap {
          if case .object(let part) = $0.value { ($0.key, part) } else { nil }
        }
      case .object(let part) where singles.contains(member.key): [(nil, part)]
      case .array(let values) where lists.contains(member.key):
        values.compactMap { if case .object(let part) = $0 { (nil, part) } else { nil } }
      default: []
      }
    }
  }

  private mutating func replacingParts(of schema: JSONObject, name: String) -> JSONObject {
    var result = JSONObject()
    for member in schema.members {
      switch member.value {
      case .object(let object) where Self.mappings.contains(member.key):
        result[member.key] = .object(
          JSONObject(
            object.members.map { ($0.key, replaced($0.value, name: $0.key)) }))
      case .object where Self.singles.contains(member.key):
        result[member.key] = replaced(member.value, name: name)
      case .array(let values) where Self.lists.contains(member.key):
        result[member.key] = .array(values.map { replaced($0, name: name) })
      default: result[member.key] = member.value
      }
    }
    return result
  }

  private mutating func replaced(_ value: JSONValue, name: String) -> JSONValue {
    guard case .object(let part) = value else { return value }
    return .object(rewritten(part, name: name))
  }

  /// What tells a part from others; `nil` for one that is not worth a definition.
  private static func key(_ schema: JSONObject) -> JSONValue? {
    let bare = bare(schema)
    return bare["$ref"] == nil && size(.object(bare)) >= leastSize ? .object(bare) : nil
  }

  private static func bare(_ schema: JSONObject) -> JSONObject {
    JSONObject(
      schema.members.filter { !own.contains($0.key) }.map { ($0.key, $0.value) })
  }

  private static func size(_ value: JSONValue) -> Int {
    switch value {
    case .object(let object): object.members.reduce(0) { $0 + 1 + size($1.value) }
    case .array(let values): values.reduce(0) { $0 + size($1) }
    default: 0
    }
  }
}
