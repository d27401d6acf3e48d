import Foundation
import Torch

/// The words that a model knows, numbered: 0 fills up short lines, 1 stands for every other word.
///
/// A vocabulary is made from training lines alone, so that nothing of the test reaches a model, and
/// is written beside a trained model, which is of no use without it.
public struct Vocabulary: Sendable, Equatable {
  /// The schema of a vocabulary's JSON file.
  public static let schema = "touchstone.vocabulary/1"
  /// The number of what fills up short lines.
  public static let padding = 0
  /// The number of all words that are not in the vocabulary.
  public static let unknown = 1

  private static let specials = ["<padding>", "<unknown>"]

  /// All words by their numbers; the first two are `<padding>` and `<unknown>`.
  public let words: [String]
  private let numbers: [String: Int]

  /// The number of words, the two special ones included.
  public var count: Int { words.count }

  /// A vocabulary of words, which are numbered from 2 on.
  ///
  /// - Throws: `DatasetError` (empty, corrupt) without words, or when one is there twice or empty.
  public init(words: [String], name: String = "vocabulary") throws {
    guard !words.isEmpty else {
      throw DatasetError(
        .empty, in: name, "has no word", remedy: "lower the minimum count, or give more text")
    }
    let all = Vocabulary.specials + words
    var numbers: [String: Int] = [:]
    for (number, word) in all.enumerated() {
      guard !word.isEmpty, numbers.updateValue(number, forKey: word) == nil else {
        throw DatasetError(
          .corrupt, in: name, "has the word '\(word)' twice, or an empty one",
          remedy: "give every word once")
      }
    }
    self.words = all
    self.numbers = numbers
  }

  /// The most frequent words of some lines; of equally frequent ones the first in the order of
  /// Unicode scalars.
  ///
  /// - Parameters:
  ///   - lines: the training lines.
  ///   - limit: how many words at most, the two special ones included; at least 3.
  ///   - minimumCount: how often a word must occur, at least 1.
  ///   - name: what errors call it.
  /// - Throws: `DatasetError` (badSetting, empty).
  public init(
    counting lines: [String], limit: Int = 20_000, minimumCount: Int = 2,
    name: String = "vocabulary"
  ) throws {
    guard limit >= 3, minimumCount >= 1 else {
      throw DatasetError(
        .badSetting, in: name, "cannot have \(limit) words that occur \(minimumCount) times",
        remedy: "allow at least 3 words, and ask for at least 1 occurrence")
    }
    var counts: [String: Int] = [:]
    for line in lines { for word in Tokeniser.tokens(of: line) { counts[word, default: 0] += 1 } }
    let ordered = counts.filter {
      $0.value >= minimumCount && !Vocabulary.specials.contains($0.key)
    }
    .sorted {
      $0.value == $1.value
        ? $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars)
        : $0.value > $1.value
    }
    try self.init(words: ordered.prefix(limit - 2).map(\.key), name: name)
  }

  /// The number of a word, ``unknown`` where it is not in the vocabulary.
  public func number(of word: String) -> Int { numbers[word] ?? Vocabulary.unknown }

  /// The numbers of a line's words.
  public func numbers(of line: String) -> [Int] { Tokeniser.tokens(of: line).map(number(of:)) }

  /// The words of some numbers, with spaces between; padding is left out.
  public func text(of numbers: [Int]) -> String {
    numbers.filter { $0 != Vocabulary.padding }
      .map { words.indices.contains($0) ? words[$0] : Vocabulary.specials[1] }
      .joined(separator: " ")
  }

  /// Lines as tokens `[lines.count, length]`, int64: longer lines are cut, shorter ones filled up.
  ///
  /// - Parameter length: at least 1.
  public func tokens(of lines: [String], length: Int) -> Tensor {
    var values: [Int] = []
    values.reserveCapacity(lines.count * length)
    for line in lines {
      let numbers = numbers(of: line).prefix(length)
      values += numbers
      values += repeatElement(Vocabulary.padding, count: length - numbers.count)
    }
    return Tensor(values, shape: [lines.count, length])
  }
}

extension Vocabulary {
  private struct File: Codable {
    var schema: String
    var words: [String]
  }

  /// The vocabulary as JSON: all words in the order of their numbers.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(File(schema: Vocabulary.schema, words: words)) + Data("\n".utf8)
  }

  /// Writes the vocabulary as JSON, whole or not at all.
  ///
  /// - Throws: `DatasetError` (notWritten).
  public func write(to path: String) throws { try FileBytes.write(json(), to: path) }

  /// Reads a vocabulary that was written before.
  ///
  /// - Throws: `DatasetError` (missing, notAFile, unreadable, corrupt, empty).
  public init(contentsOf path: String) throws {
    let bytes = try FileBytes.read(path)
    guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)),
      file.schema == Vocabulary.schema, Array(file.words.prefix(2)) == Vocabulary.specials
    else {
      throw DatasetError(
        .corrupt, in: path, "is not a vocabulary (\(Vocabulary.schema))",
        remedy: "copy vocabulary.json from the folder of the run that trained the model")
    }
    try self.init(words: Array(file.words.dropFirst(2)), name: path)
  }
}
