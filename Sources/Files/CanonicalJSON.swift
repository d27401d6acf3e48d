import Foundation

/// JSON that is the same text for equal values, so that digests of it tell settings apart.
package enum CanonicalJSON {
  /// A value as one line of JSON with sorted keys.
  package static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
