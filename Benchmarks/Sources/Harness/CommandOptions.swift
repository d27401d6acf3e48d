import Foundation

/// The arguments of a benchmark: options with a value, and the words that are left.
public struct CommandOptions {
  /// The words that belong to no option that was asked for.
  public private(set) var words: [String]

  /// Those of this process.
  public init() { words = Array(CommandLine.arguments.dropFirst()) }

  /// The text after an option such as `--model`, which is taken out; `nil` where it is not given.
  public mutating func text(_ name: String) -> String? {
    guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
    defer { words.removeSubrange(index...index + 1) }
    return words[index + 1]
  }

  /// The whole number after an option; `nil` where it is not given or none.
  public mutating func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
}
