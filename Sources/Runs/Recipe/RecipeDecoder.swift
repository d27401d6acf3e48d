/// Decodes recipe values into types.
///
/// Every error carries the place and the dotted path of the value. Keys that the type did not ask
/// for are errors, so a misspelt optional key is not silently ignored.
enum RecipeDecoder {
  /// - Parameter path: the keys that lead to the value, for messages.
  /// - Throws: ``RecipeError``.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from value: RecipeValue, under path: [String] = []
  ) throws(RecipeError) -> Value {
    let ledger = KeyLedger()
    let decoding = RecipeDecoding(value: value, path: path, ledger: ledger)
    let result: Value
    do { result = try decoding.decode(type) } catch {
      throw error as? RecipeError ?? decoding.invalid("\(error)")
    }
    let unknown = ledger.unknownKeys(in: value, at: path)
    guard unknown.isEmpty else { throw .unknownKeys(unknown) }
    return result
  }
}
