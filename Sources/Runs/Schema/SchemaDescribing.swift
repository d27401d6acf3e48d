import Reports

/// A type of settings that says itself what recipes may write for it, because it reads more than one
/// form, such as a number or a mapping.
public protocol SchemaDescribing {
  /// A JSON Schema (draft 2020-12).
  static var schema: JSONObject { get }
}
