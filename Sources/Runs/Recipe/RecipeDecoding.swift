import Foundation

/// The decoder at one value of a recipe.
struct RecipeDecoding: Decoder {
  let value: RecipeValue
  let path: [String]
  let ledger: KeyLedger

  var codingPath: [any CodingKey] { path.map { RecipeKey(stringValue: $0) } }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The decoder at a value inside this one.
  func inside(_ value: RecipeValue, key: String) -> RecipeDecoding {
    RecipeDecoding(value: value, path: path + [key], ledger: ledger)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let members = value.members else { throw wrongType("a mapping") }
    ledger.open(path)
    return KeyedDecodingContainer(RecipeKeyedContainer<Key>(decoding: self, members: members))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .sequence(let elements) = value.content else { throw wrongType("a list") }
    return RecipeUnkeyedContainer(decoding: self, elements: elements)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    RecipeScalarContainer(decoding: self)
  }

  /// Decodes a value of any type; errors that the type throws itself get place and path.
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    do {
      return try Value(from: self)
    } catch {
      // A type that refuses a word in words of its own knows more than the list of the others.
      if error is DecodingError, value.isScalar, let allowed = Self.allowedTexts(of: type),
        !allowed.contains(value.source)
      {
        throw RecipeError.notAllowed(
          value.place, path: name, found: value.source, allowed: allowed)
      }
      switch error {
      case let error as RecipeError: throw error
      case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
        DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
        throw at(context.codingPath).invalid(context.debugDescription)
      case let error as any LocalizedError:
        throw invalid(
          [error.errorDescription ?? "\(error)", error.recoverySuggestion].compactMap(\.self)
            .joined(separator: "; "))
      default: throw invalid("\(error)")
      }
    }
  }

  /// The decoder at the value to which an error's path leads, as far as it leads somewhere.
  private func at(_ codingPath: [any CodingKey]) -> RecipeDecoding {
    var result = self
    for key in codingPath.dropFirst(path.count) {
      switch result.value.content {
      case .mapping:
        guard let inner = result.value[key.stringValue] else { return result }
        result = result.inside(inner, key: key.stringValue)
      case .sequence(let elements):
        guard let index = key.intValue, elements.indices.contains(index) else { return result }
        result = result.inside(elements[index], key: "\(index)")
      default: return result
      }
    }
    return result
  }

  /// The texts that an enumeration allows, if it is one of texts that lists its cases.
  private static func allowedTexts(of type: Any.Type) -> [String]? {
    guard let type = type as? any CaseIterable.Type else { return nil }
    func texts<Cases: CaseIterable>(_ type: Cases.Type) -> [String] {
      type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }
    let result = texts(type)
    return result.isEmpty ? nil : result
  }
}

extension RecipeDecoding {
  /// The dotted path.
  var name: String { path.joined(separator: ".") }

  /// An error about the type of the value.
  func wrongType(_ expected: String) -> RecipeError {
    .wrongType(value.place, path: name, expected: expected, found: value.kind)
  }

  /// An error in words.
  func invalid(_ reason: String) -> RecipeError {
    .invalid(value.place, path: name, reason: reason)
  }
}

/// A key made of a text or of the index of an element.
struct RecipeKey: CodingKey {
  let stringValue: String
  var intValue: Int? { Int(stringValue) }

  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) { stringValue = "\(intValue)" }
}
