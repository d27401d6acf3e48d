/// The elements of a list in a recipe.
struct RecipeUnkeyedContainer: UnkeyedDecodingContainer {
  let decoding: RecipeDecoding
  let elements: [RecipeValue]
  private(set) var currentIndex = 0

  init(decoding: RecipeDecoding, elements: [RecipeValue]) {
    self.decoding = decoding
    self.elements = elements
  }

  var codingPath: [any CodingKey] { decoding.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    guard try current().value.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next { try $0.decode(type) }
  }

  mutating func nestedContainer<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    try next { try $0.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { try $0.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next { $0 } }

  private func current() throws -> RecipeDecoding {
    guard !isAtEnd else {
      throw decoding.wrongType("a list of at least \(elements.count + 1) elements")
    }
    return decoding.inside(elements[currentIndex], key: "\(currentIndex)")
  }

  /// Goes on to the next element only when the type took this one.
  private mutating func next<Result>(_ body: (RecipeDecoding) throws -> Result) throws -> Result {
    let result = try body(try current())
    currentIndex += 1
    return result
  }
}
