import Foundation

/// Where a request goes: the parts of its path and its parameters, decoded and checked.
struct RequestTarget: Sendable, Equatable {
  /// The longest target, in bytes as they are sent.
  static let longest = 4096
  /// The longest parameter, in bytes after decoding.
  static let longestValue = 256
  /// How many parameters there may be.
  static let mostParameters = 64

  /// The names between the slashes of the path.
  let path: [String]
  /// The parameters in their order.
  let parameters: [(name: String, value: String)]

  /// Decodes a target such as `/runs/62ed33c8?page=2`.
  ///
  /// No part of a path is ever taken for a step up or for another path: what would be one is refused
  /// before anything looks at it.
  init(_ text: String) throws(HTTPRefusal) {
    guard text.utf8.count <= Self.longest else {
      throw HTTPRefusal(.targetTooLong, "the address is longer than \(Self.longest) bytes")
    }
    guard text.first == "/" else {
      throw HTTPRefusal(.badRequest, "the address does not begin with a slash")
    }
    let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var names: [String] = []
    for part in halves[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      names.append(try Self.name(part))
    }
    // A slash at the end says nothing; an empty name elsewhere could begin another path.
    if names.last == "" { names.removeLast() }
    guard !names.contains("") else {
      throw HTTPRefusal(.badRequest, "the address has an empty name in it")
    }
    path = names
    parameters = halves.count > 1 ? try Self.parameters(halves[1]) : []
  }

  /// The value of a parameter; of several the last.
  subscript(_ name: String) -> String? { parameters.last { $0.name == name }?.value }

  /// All values of a parameter.
  func all(_ name: String) -> [String] {
    parameters.filter { $0.name == name }.map(\.value)
  }

  private static func name(_ text: Substring) throws(HTTPRefusal) -> String {
    guard let name = text.removingPercentEncoding else {
      throw HTTPRefusal(.badRequest, "the address is not encoded as it should be")
    }
    let isPlain = name.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\"
    }
    guard isPlain, name != ".", name != ".." else {
      throw HTTPRefusal(.badRequest, "the address leads outside of what is served")
    }
    return name
  }

  private static func parameters(
    _ text: Substring
  ) throws(HTTPRefusal) -> [(name: String, value: String)] {
    let pairs = text.split(separator: "&")
    guard pairs.count <= mostParameters else {
      throw HTTPRefusal(.badRequest, "there are more than \(mostParameters) parameters")
    }
    var result: [(name: String, value: String)] = []
    for pair in pairs {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = halves.map {
        $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
      }
      guard let name = decoded[0], let value = decoded.count > 1 ? decoded[1] : "" else {
        throw HTTPRefusal(.badRequest, "a parameter is not encoded as it should be")
      }
      guard name.utf8.count <= longestValue, value.utf8.count <= longestValue else {
        throw HTTPRefusal(.badRequest, "a parameter is longer than \(longestValue) bytes")
      }
      guard !(name + value).unicodeScalars.contains(where: { $0.value < 0x20 }) else {
        throw HTTPRefusal(.badRequest, "a parameter has a control character in it")
      }
      result.append((name, value))
    }
    return result
  }

  /// A path or a parameter's value as it is written in an address.
  static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  static func == (left: RequestTarget, right: RequestTarget) -> Bool {
    left.path == right.path
      && left.parameters.elementsEqual(right.parameters, by: { $0 == $1 })
  }
}
