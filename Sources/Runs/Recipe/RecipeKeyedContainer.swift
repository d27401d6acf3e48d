import Reports

/// The keys of a mapping in a recipe; notes which of them are asked for.
struct RecipeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoding: RecipeDecoding
  let members: [RecipeValue.Member]

  var codingPath: [any CodingKey] { decoding.codingPath }

  /// The keys of the mapping that the type knows; for a dictionary, all of them.
  var allKeys: [Key] {
    members.compactMap { member in
      guard let key = Key(stringValue: member.key) else { return nil }
      decoding.ledger.ask(for: member.key, at: decoding.path)
      return key
    }
  }

  func contains(_ key: Key) -> Bool { value(of: key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try inside(key).value.isNull }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try inside(key).decode(type)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try inside(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try inside(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoding }

  func superDecoder(forKey key: Key) throws -> any Decoder { try inside(key) }

  private func value(of key: Key) -> RecipeValue? {
    decoding.ledger.ask(for: key.stringValue, at: decoding.path)
    return members.first { $0.key == key.stringValue }?.value
  }

  private func inside(_ key: Key) throws -> RecipeDecoding {
    if let value = value(of: key) { return decoding.inside(value, key: key.stringValue) }
    let spare = members.map(\.key).filter { !decoding.ledger.isAsked($0, at: decoding.path) }
    let path = decoding.path + [key.stringValue]
    throw RecipeError.missingKey(
      decoding.value.place, path: path.joined(separator: "."),
      similar: Suggestion.nearest(to: key.stringValue, in: spare))
  }
}
