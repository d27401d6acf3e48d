import Foundation

/// Fields of comma-separated values (RFC 4180).
enum CSVText {
  /// A field, quoted where that is needed; an empty text is `""`.
  static func quoted(_ text: String) -> String {
    let special: Set<Unicode.Scalar> = ["\"", ",", "\n", "\r"]
    let needsQuotes =
      text.isEmpty || text.first == " " || text.last == " "
      || text.unicodeScalars.contains(where: special.contains)
    guard needsQuotes else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
