import Foundation

/// The stable name of a finding or flag: lower-case parts joined by dots, such as
/// `evasion.robust_accuracy.linf.0.1`.
///
/// Scripts and gates rely on these names, so one that was released is never changed.
public struct FindingID: Sendable, Hashable, Comparable {
  /// The whole name.
  public let text: String

  /// A name from its text.
  ///
  /// Each part between dots holds one or more of a-z, 0-9, "_" and "-"; the first part begins with a
  /// letter.
  ///
  /// - Throws: `FindingIDError` when the text is not of this form.
  public init(_ text: String) throws(FindingIDError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = text.unicodeScalars.first, ("a"..."z").contains(first),
      parts.allSatisfy(Self.isPart)
    else { throw FindingIDError(text: text) }
    self.text = text
  }

  /// The part of a name that stands for a radius or a rate: at most six significant digits, no
  /// exponent, no trailing zeros (`0.1`, `0.0313725`, `1`, `0.00001`).
  public static func part(for number: Double) -> String {
    guard number.isFinite, number != 0 else { return number == 0 ? "0" : "inf" }
    let magnitude = Int(log10(abs(number)).rounded(.down))
    let decimals = max(0, 5 - magnitude)
    var text = String(format: "%.\(decimals)f", number)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// Alphabetical order.
  public static func < (left: FindingID, right: FindingID) -> Bool { left.text < right.text }

  private static func isPart(_ part: Substring) -> Bool {
    !part.isEmpty
      && part.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "-"
      }
  }
}

extension FindingID: Codable, CustomStringConvertible {
  /// The whole name.
  public var description: String { text }

  /// A name from a text of the right form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  /// Writes the name as a text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// A text that is not the name of a finding.
public struct FindingIDError: Error, Sendable, Equatable, LocalizedError, CustomStringConvertible {
  /// The text.
  public let text: String

  /// What was wrong, in one sentence.
  public var description: String { "\"\(text)\" is not the id of a finding" }
  /// What was wrong, in one sentence.
  public var errorDescription: String? { description }
  /// What to do about it.
  public var recoverySuggestion: String? {
    "use lower-case parts of letters, digits, \"_\" and \"-\" joined by dots, such as"
      + " \"evasion.robust_accuracy.linf.0.1\""
  }
}
