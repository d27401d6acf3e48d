import Testing
import Torch

@testable import Datasets

@Suite struct TextFolderTests {
  /// 50 lines of one class and 30 of another, each with a word of its own.
  private func reviews() throws -> Scratch {
    let scratch = try Scratch()
    let bad = (0..<50).map { "bad bad b\($0)" } + [""]
    let good = (0..<30).map { "good good g\($0) and longer" }
    try scratch.write(Array(bad.joined(separator: "\n").utf8), "reviews.neg")
    try scratch.write(Array(good.joined(separator: "\n").utf8), "reviews.pos")
    try scratch.write(Array("what this is".utf8), "README")
    return scratch
  }

  @Test func foldersOfTextAreDividedOnceForAll() throws {
    let scratch = try reviews()
    let source = try DatasetSource(scratch.path)
    #expect(source.format == .text && source.parts == [.train, .test])
    let (train, test) = (try source.load(.train), try source.load())
    #expect(train.classCounts == [40, 24] && test.classCounts == [10, 6])
    #expect(test.part == .test && train.classNames == ["neg", "pos"])
    #expect(Set(train.sourceIndices + test.sourceIndices).count == 80)
    #expect(try source.load(.train).fingerprint() == train.fingerprint())
    #expect(try source.load(.all).count == 80)
    // The first lines have both classes, since `data.train` takes the first so many.
    #expect(Set(train.labelValues.prefix(16)) == [0, 1])
    #expect(train.inputShape == [5] && train.inputs.dtype == .int64)
    #expect(train.batch([0]).inputs.dtype == .int64)
  }

  @Test func theVocabularyKnowsNothingOfTheTestPart() throws {
    let scratch = try reviews()
    let options = LoadOptions(text: TextOptions(minimumCount: 1))
    let source = try DatasetSource(scratch.path)
    let (train, test) = (
      try source.load(.train, options: options), try source.load(.test, options: options)
    )
    let words = try #require(train.vocabulary)
    #expect(test.vocabulary == words && words.count == 2 + 64 + 4)
    let tokens = test.inputs.values(as: Int.self)
    #expect(tokens.filter { $0 == Vocabulary.unknown }.count == 16)
  }

  @Test func tenFoldsCoverEveryLineOnce() throws {
    let scratch = try reviews()
    let source = try DatasetSource(scratch.path)
    var seen: [Int] = []
    for fold in 0..<TextOptions.folds {
      let options = LoadOptions(text: TextOptions(length: 2, fold: fold))
      let test = try source.load(.test, options: options)
      #expect(test.classCounts == [5, 3] && test.inputShape == [2])
      let train = try source.load(.train, options: options)
      #expect(Set(train.sourceIndices).isDisjoint(with: test.sourceIndices))
      seen += test.sourceIndices
    }
    #expect(seen.sorted() == Array(0..<80))
  }

  @Test func foldersWithPartsKeepThem() throws {
    let scratch = try Scratch()
    for (file, text) in [
      ("train/a.txt", "one one\ntwo"), ("train/b.txt", "three three"), ("test/a.txt", "one four"),
      ("test/b.txt", "three"), ("notes", "about it"),
    ] {
      try scratch.write(Array(text.utf8), file)
    }
    let source = try DatasetSource(scratch.path)
    #expect(source.parts == [.train, .test])
    let test = try source.load()
    #expect(test.vocabulary?.words.dropFirst(2) == ["one", "three"])
    let rows = (0..<2).map { test.inputs[$0].values(as: Int.self) }
    #expect(Set(rows) == [[2, 1], [3, 0]] && test.classNames == ["a", "b"])
    try scratch.write(Array("five".utf8), "test/c.txt")
    #expect(try failure { _ = try Dataset.load(from: scratch.path) }.kind == .countsDiffer)
  }

  @Test func refusesFoldersThatAreNoText() throws {
    let scratch = try Scratch()
    try scratch.write(Array("one\n".utf8), "a.txt")
    #expect(try failure { _ = try DatasetSource(scratch.path) }.kind == .unrecognised)
    try scratch.write([0, 1, 2], "b.txt")
    #expect(try failure { _ = try DatasetSource(scratch.path) }.kind == .unrecognised)
    try scratch.write(Array("\n \n".utf8), "b.txt")
    #expect(try failure { _ = try Dataset.load(from: scratch.path) }.kind == .empty)
    try scratch.write(Array("two\n".utf8), "b.txt")
    for options in [
      TextOptions(length: 0), TextOptions(words: 2), TextOptions(minimumCount: 0),
      TextOptions(fold: 10), TextOptions(fold: -1),
    ] {
      #expect(
        try failure {
          _ = try Dataset.load(from: scratch.path, options: LoadOptions(text: options))
        }.kind == .badSetting)
    }
    #expect(
      try failure { _ = try Dataset.load(from: scratch.path, split: .validation) }.kind
        == .badSetting)
  }

  @Test func drawsPhrasesOfWhichWordCountsDoNotDecide() throws {
    let train = try Dataset.load(
      from: "phrases", split: .train, options: LoadOptions(count: 400, seed: 1))
    #expect(train.classCounts == [200, 200])
    let words = try #require(train.vocabulary)
    #expect(!train.inputs.values(as: Int.self).contains(Vocabulary.unknown))
    #expect(words == (try Phrases.vocabulary()))
    let good = words.number(of: "good")
    let withGood = (0..<400).filter { train.inputs[$0].values(as: Int.self).contains(good) }
    let share = withGood.map { train.labelValues[$0] }.reduce(0, +)
    #expect(share > 0 && share < withGood.count)
    let twin = try Dataset.load(
      from: "phrases", split: .train, options: LoadOptions(count: 10, seed: 1))
    #expect(twin.inputs.isIdentical(to: train.inputs[0..<10]))
  }
}
