extension KeyedEncodingContainer {
  /// Writes options in the order of their names: a dictionary has another order in every process, and the
  /// same settings are to be the same text. Synthesised conformances find this one for dictionaries.
  mutating func encodeIfPresent<Value: Encodable>(
    _ options: [String: Value]?, forKey key: Key
  ) throws {
    guard let options else { return }
    var fields = nestedContainer(keyedBy: OptionName.self, forKey: key)
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      try fields.encode(value, forKey: OptionName(stringValue: name))
    }
  }
}

/// The name of an option as a key.
private struct OptionName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { nil }
}
