import Foundation
import Reports

/// The JSON Schema of a type, learned by watching the type while it is decoded.
///
/// A type is decoded once with every optional key there and once without: the first time shows keys
/// and types, the second the defaults. So the schema cannot say anything else than the code does.
public enum TypeSchema {
  /// The schema of a type.
  ///
  /// - Parameters:
  ///   - type: what is decoded.
  ///   - notes: what types cannot tell.
  ///   - path: the dotted path of the type itself, with a dot at its end where it is not empty.
  public static func schema(
    of type: any Decodable.Type, notes: SchemaNotes = SchemaNotes(), at path: String = ""
  ) -> JSONObject {
    if let type = type as? any SchemaDescribing.Type { return type.schema }
    if let type = type as? any SchemaContainer.Type { return type.schema(notes: notes, at: path) }
    if let texts = texts(of: type) {
      return ["type": "string", "enum": .array(texts.map(JSONValue.string))]
    }
    let recorder = SchemaRecorder()
    let probe = SchemaDecoder(recorder: recorder, hasOptionals: true)
    // Types that refuse made-up values have shown their keys by then.
    _ = try? type.init(from: probe)
    guard !recorder.properties.isEmpty else { return [:] }
    return object(recorder.properties, defaults: defaults(of: type), notes: notes, at: path)
  }

  /// The same schema with nothing required at any depth: for a part that is laid over a whole.
  public static func partial(_ schema: JSONObject) -> JSONObject {
    var result = JSONObject()
    for member in schema.members where member.key != "required" {
      result[member.key] =
        switch member.value {
        case .object(let object): .object(partial(object))
        case .array(let values):
          .array(
            values.map { if case .object(let object) = $0 { .object(partial(object)) } else { $0 } }
          )
        default: member.value
        }
    }
    return result
  }

  private static func object(
    _ properties: [SchemaRecorder.Property], defaults: JSONObject?, notes: SchemaNotes,
    at path: String
  ) -> JSONObject {
    var members = JSONObject()
    for property in properties {
      let key = path + property.key
      var schema = schema(of: property.type, notes: notes, at: key + ".")
      if let words = notes.choices[key] { schema["enum"] = .array(words.map(JSONValue.string)) }
      if let text = notes.help[key] { schema["description"] = .string(text) }
      if !property.isRequired {
        if let value = defaults?[property.key], value != .null {
          schema["default"] = value
        } else {
          schema = allowingNull(schema)
        }
      }
      members[property.key] = .object(schema)
    }
    var result: JSONObject = [
      "type": "object", "additionalProperties": false, "properties": .object(members),
    ]
    let required = properties.filter(\.isRequired).map { JSONValue.string($0.key) }
    if !required.isEmpty { result["required"] = .array(required) }
    return result
  }

  /// What is not there by default can be taken back by a change.
  private static func allowingNull(_ schema: JSONObject) -> JSONObject {
    guard case .string(let type)? = schema["type"] else { return schema }
    var result = schema
    result["type"] = [.string(type), "null"]
    if case .array(let words)? = schema["enum"] { result["enum"] = .array(words + [.null]) }
    return result
  }

  private static func defaults(of type: any Decodable.Type) -> JSONObject? {
    let probe = SchemaDecoder(recorder: SchemaRecorder(), hasOptionals: false)
    guard let value = try? type.init(from: probe) as? any Encodable,
      let data = try? JSONEncoder().encode(value),
      case .object(let object)? = try? JSONDecoder().decode(JSONValue.self, from: data)
    else { return nil }
    return object
  }

  private static func texts(of type: any Decodable.Type) -> [String]? {
    guard let type = type as? any CaseIterable.Type else { return nil }
    func texts<Cases: CaseIterable>(_ type: Cases.Type) -> [String] {
      type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
    let result = texts(type)
    return result.isEmpty ? nil : result
  }
}

/// What a schema says beside what the types do, by dotted path.
public struct SchemaNotes: Sendable {
  /// One sentence on a setting.
  public var help: [String: String]
  /// The words that a text may be.
  public var choices: [String: [String]]

  /// Notes.
  public init(help: [String: String] = [:], choices: [String: [String]] = [:]) {
    self.help = help
    self.choices = choices
  }
}

/// Types whose schema does not come from keys.
protocol SchemaContainer {
  static func schema(notes: SchemaNotes, at path: String) -> JSONObject
}

extension Array: SchemaContainer where Element: Decodable {
  static func schema(notes: SchemaNotes, at path: String) -> JSONObject {
    [
      "type": "array",
      "items": .object(TypeSchema.schema(of: Element.self, notes: notes, at: path)),
    ]
  }
}

extension Dictionary: SchemaContainer where Key == String, Value: Decodable {
  static func schema(notes: SchemaNotes, at path: String) -> JSONObject {
    let values = TypeSchema.schema(of: Value.self, notes: notes, at: path)
    return ["type": "object", "additionalProperties": .object(values)]
  }
}

extension Optional: SchemaContainer where Wrapped: Decodable {
  static func schema(notes: SchemaNotes, at path: String) -> JSONObject {
    TypeSchema.schema(of: Wrapped.self, notes: notes, at: path)
  }
}

extension Bool: SchemaDescribing {
  /// True or false.
  public static var schema: JSONObject { ["type": "boolean"] }
}

extension String: SchemaDescribing {
  /// A text; YAML reads an unquoted number as one too.
  public static var schema: JSONObject { ["type": "string"] }
}

extension Int: SchemaDescribing {
  /// A whole number.
  public static var schema: JSONObject { ["type": "integer"] }
}

extension UInt64: SchemaDescribing {
  /// A whole number that is not negative.
  public static var schema: JSONObject { ["type": "integer", "minimum": 0] }
}

extension Double: SchemaDescribing {
  /// A number.
  public static var schema: JSONObject { ["type": "number"] }
}
