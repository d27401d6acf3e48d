/// A value in a recipe, with the place where it was written.
public struct RecipeValue: Sendable {
  /// What a value can be.
  public enum Content: Sendable {
    /// Nothing: `null`, `~` or no text at all.
    case null
    /// A truth value: true, false, yes, no, on, off.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A whole number that is greater than the greatest `Int`.
    case unsigned(UInt64)
    /// A number.
    case number(Double)
    /// A number too large for 64 bits.
    case tooLarge
    /// A text.
    case text(String)
    /// A list.
    case sequence([RecipeValue])
    /// Keys and their values, in the order of the file; keys are unique.
    case mapping([Member])
  }

  /// A key and its value.
  public struct Member: Sendable {
    /// The key.
    public let key: String
    /// Where the key stands.
    public let place: RecipePlace
    /// The value.
    public var value: RecipeValue
  }

  /// What the value is.
  public var content: Content
  /// A scalar as it was written; empty for lists and mappings.
  public let source: String
  /// Where the value begins.
  public let place: RecipePlace

  init(_ content: Content, source: String = "", at place: RecipePlace) {
    self.content = content
    self.source = source
    self.place = place
  }

  /// The members of a mapping, or `nil` for other values.
  public var members: [Member]? {
    if case .mapping(let members) = content { members } else { nil }
  }

  /// The value of a key of a mapping.
  subscript(key: String) -> RecipeValue? {
    members?.first { $0.key == key }?.value
  }

  var isNull: Bool {
    if case .null = content { true } else { false }
  }

  var isScalar: Bool {
    switch content {
    case .null, .sequence, .mapping: false
    default: true
    }
  }

  /// What was found, for a message about what was expected.
  var kind: String {
    switch content {
    case .null: "nothing"
    case .bool: "the truth value '\(source)'"
    case .integer, .unsigned: "the integer \(source)"
    case .number, .tooLarge: "the number \(source)"
    case .text(let text): "the text '\(text)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension RecipeValue: Decodable {
  /// The value as it is, for types that interpret it later; only recipes have such values.
  public init(from decoder: any Decoder) throws {
    guard let decoding = decoder as? RecipeDecoding else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a recipe"))
    }
    self = decoding.value
  }
}
