import Testing

@testable import Datasets

@Suite struct TextDatasetTests {
  @Test func filesAreClassesAndLinesExamples() throws {
    let scratch = try Scratch()
    try scratch.write(Array("good \r\n\nfine\n".utf8), "reviews.pos")
    try scratch.write([0x63, 0x61, 0x66, 0xE9, 0x0A], "reviews.neg")
    let data = try TextDataset(folder: scratch.path)
    #expect(data.lines == ["café", "good", "fine"] && data.labels == [0, 1, 1])
    #expect(data.classNames == ["neg", "pos"] && data.count == 3)
  }

  @Test func refusesWhatIsNoTextDataset() throws {
    let scratch = try Scratch()
    #expect(try failure { _ = try TextDataset(folder: scratch.path) }.kind == .empty)
    try scratch.write(Array("a\n".utf8), "a.txt")
    try scratch.write([0, 1, 2], "b.txt")
    #expect(try failure { _ = try TextDataset(folder: scratch.path) }.kind == .unrecognised)
    try scratch.write([0x0A], "b.txt")
    #expect(try failure { _ = try TextDataset(folder: scratch.path) }.kind == .empty)
    #expect(
      try failure { _ = try TextDataset(name: "t", lines: ["a"], labels: [2], classNames: ["x"]) }
        .kind == .labelOutOfRange)
  }
}
