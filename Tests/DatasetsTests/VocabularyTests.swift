import Testing
import Torch

@testable import Datasets

@Suite struct VocabularyTests {
  @Test(arguments: [
    ("It's GOOD , isn't it?", ["it's", "good", ",", "isn't", "it", "?"]),
    ("co-writer/director", ["co", "-", "writer", "/", "director"]),
    ("the '70s' film\u{2019}s ...", ["the", "'", "70s", "'", "film's", ".", ".", "."]),
    ("Ünïcode 漢字 3.5", ["ünïcode", "漢字", "3", ".", "5"]), (" \t ", []),
  ])
  func cutsWordsAndMarks(line: String, tokens: [String]) {
    #expect(Tokeniser.tokens(of: line) == tokens)
  }

  @Test func countsWordsOfTrainingLines() throws {
    let lines = ["b a a c", "a b d", "C e"]
    let all = try Vocabulary(counting: lines, minimumCount: 1)
    #expect(all.words == ["<padding>", "<unknown>", "a", "b", "c", "d", "e"])
    let frequent = try Vocabulary(counting: lines, minimumCount: 2)
    #expect(frequent.words == ["<padding>", "<unknown>", "a", "b", "c"])
    #expect(try Vocabulary(counting: lines, limit: 3, minimumCount: 1).words.last == "a")
    #expect(frequent.numbers(of: "A d b!") == [2, 1, 3, 1])
    #expect(frequent.text(of: [2, 1, 3, 0, 0]) == "a <unknown> b")
    let tokens = frequent.tokens(of: ["a b c a", "c"], length: 3)
    #expect(tokens.dtype == .int64 && tokens.values(as: Int.self) == [2, 3, 4, 4, 0, 0])
  }

  @Test func refusesWhatHasNoWord() throws {
    #expect(try failure { _ = try Vocabulary(counting: ["a b"]) }.kind == .empty)
    #expect(try failure { _ = try Vocabulary(counting: []) }.kind == .empty)
    #expect(try failure { _ = try Vocabulary(counting: ["a a"], limit: 2) }.kind == .badSetting)
    #expect(try failure { _ = try Vocabulary(words: ["a", "b", "a"]) }.kind == .corrupt)
    #expect(try failure { _ = try Vocabulary(words: ["<padding>"]) }.kind == .corrupt)
  }

  @Test func comesBackFromItsFile() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/vocabulary.json"
    let vocabulary = try Vocabulary(words: ["a", "\"", "\u{2028}", "/"])
    try vocabulary.write(to: path)
    #expect(try Vocabulary(contentsOf: path) == vocabulary)
    for text in ["", "{}", #"{"schema":"touchstone.vocabulary/1","words":["a"]}"#] {
      try scratch.write(Array(text.utf8), "vocabulary.json")
      #expect(try failure { _ = try Vocabulary(contentsOf: path) }.kind == .corrupt)
    }
  }

  @Test func refusesTokensThatAreNoText() throws {
    let vocabulary = try Vocabulary(words: ["a", "b"])
    func data(_ tokens: [Int], _ shape: [Int]) throws {
      _ = try Dataset(
        name: "t", tokens: Tensor(tokens, shape: shape), labels: Tensor([0, 0]), classNames: ["x"],
        vocabulary: vocabulary)
    }
    try data([2, 3, 1, 0], [2, 2])
    #expect(try failure { try data([2, 3, 4, 0], [2, 2]) }.problem.contains("example 1"))
    #expect(try failure { try data([2, -1, 1, 0], [2, 2]) }.kind == .badValue)
    #expect(try failure { try data([2, 3, 0, 0], [2, 2]) }.problem.contains("no token"))
    #expect(try failure { try data([2, 3], [2, 1, 1]) }.kind == .unsupported)
    let text = try TextDataset(name: "t", lines: ["a", " "], labels: [0, 0], classNames: ["x"])
    #expect(
      try failure { _ = try Dataset(text, vocabulary: vocabulary, length: 3) }.kind == .badValue)
    #expect(
      try failure { _ = try Dataset(text, vocabulary: vocabulary, length: 0) }.kind == .badSetting)
  }
}
