import Foundation

/// The secret that opens the dashboard to other machines.
public struct AccessToken: Sendable {
  /// The fewest characters of a token that somebody chooses.
  public static let shortest = 16
  /// The most characters.
  public static let longest = 200

  /// The token, as it is written in addresses: letters, digits, `-`, `_`, `.` and `~`.
  public let text: String

  /// A new token of 256 bits from the system's random source.
  public static func random() -> AccessToken {
    var generator = SystemRandomNumberGenerator()
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let characters = (0..<43).map { _ in letters[Int(generator.next() & 63)] }
    return AccessToken(unchecked: String(characters))
  }

  /// A token that somebody chose.
  ///
  /// - Throws: ``DashboardError/token(reason:)`` when it is too short, too long, or has characters that
  ///   would be changed on their way through an address.
  public init(_ text: String) throws(DashboardError) {
    guard text.utf8.count >= Self.shortest else {
      throw .token(reason: "it has less than \(Self.shortest) characters")
    }
    guard text.utf8.count <= Self.longest else {
      throw .token(reason: "it has more than \(Self.longest) characters")
    }
    let isPlain = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.~".contains($0))
    }
    guard isPlain else {
      throw .token(reason: "it has other characters than letters, digits, '-', '_', '.' and '~'")
    }
    self.text = text
  }

  private init(unchecked text: String) { self.text = text }

  /// Whether a text is the token; it takes as long for any text of one length, wherever they differ.
  func matches(_ other: String) -> Bool {
    let own = Array(text.utf8)
    let others = Array(other.utf8)
    var difference = UInt8(own.count == others.count ? 0 : 1)
    for index in others.indices { difference |= others[index] ^ own[index % own.count] }
    return difference == 0
  }
}
