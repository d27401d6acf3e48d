import Testing
import Torch

@testable import Datasets

@Suite struct ImageFolderTests {
  private func pgm(_ width: Int, _ height: Int, _ value: UInt8) -> [UInt8] {
    Array("P5 \(width) \(height) 255\n".utf8) + [UInt8](repeating: value, count: width * height)
  }

  @Test(arguments: ["gnu.tar", "pax.tar.gz"]) func readsArchives(name: String) throws {
    let source = try DatasetSource(Scratch.fixtures + "/" + name)
    #expect(source.format == .images && source.parts == [.train, .test])
    let test = try source.load()
    #expect(test.part == .test && test.count == 2 && test.classNames == ["cat", "dog"])
    #expect(test.labelValues == [0, 1] && test.inputShape == [1, 9, 12])
    #expect(try test.inputs[0].values(as: UInt8.self) == Scratch.fixture("grey.png.raw"))
    #expect(try source.load(.train).labelValues == [0, 1])
    #expect(try source.load(.all).count == 4)
  }

  @Test func orderIsByPathAndRenderingsAreSkipped() throws {
    let scratch = try Scratch()
    for (name, value) in [("b/2.pgm", 4), ("b/10.pgm", 3), ("a/1.pgm", 1), ("a/1.pgm.png", 9)] {
      try scratch.write(pgm(1, 1, UInt8(value)), "faces/" + name)
    }
    let data = try Dataset.load(from: scratch.path + "/faces")
    #expect(data.inputs.values(as: Int.self) == [1, 3, 4] && data.labelValues == [0, 1, 1])
    #expect(data.part == .all && data.name == "faces")
    let error = try failure { _ = try Dataset.load(from: scratch.path + "/faces", split: .test) }
    #expect(error.problem == "has no test part (it is not divided)")
  }

  @Test func greyBesideColourBecomesColour() throws {
    let scratch = try Scratch()
    try scratch.write(pgm(2, 1, 7), "a/1.pgm")
    try scratch.write(Array("P6 2 1 255\n".utf8) + [1, 2, 3, 4, 5, 6], "b/1.ppm")
    let data = try Dataset.load(from: scratch.path)
    #expect(data.inputShape == [3, 1, 2])
    #expect(data.inputs.values(as: Int.self) == [7, 7, 7, 7, 7, 7, 1, 4, 2, 5, 3, 6])
  }

  @Test func sizesThatDifferNameBothFiles() throws {
    let scratch = try Scratch()
    try scratch.write(pgm(2, 1, 7), "a/1.pgm")
    try scratch.write(pgm(2, 3, 7), "b/1.pgm")
    let error = try failure { _ = try Dataset.load(from: scratch.path) }
    #expect(error.kind == .sizesDiffer)
    #expect(error.place.hasSuffix("b/1.pgm") && error.problem.contains("is 2 x 3 pixels"))
    #expect(error.problem.contains("a/1.pgm is 2 x 1"))
  }

  @Test func theFirstDamagedImageIsNamed() throws {
    let scratch = try Scratch()
    for index in 0..<200 { try scratch.write(pgm(1, 1, 7), "a/\(1000 + index).pgm") }
    try scratch.write(pgm(9, 9, 7).dropLast(3) + [], "a/1190.pgm")
    try scratch.write(Array("junk".utf8), "a/1100.pgm")
    let error = try failure { _ = try Dataset.load(from: scratch.path) }
    #expect(error.place.hasSuffix("a/1100.pgm") && error.kind == .unrecognised)
  }

  @Test func damagedArchivesAreErrors() throws {
    let scratch = try Scratch()
    let plain = try Scratch.fixture("gnu.tar")
    for count in [513, 1000, 1024, 3000, 5000] {
      let path = try scratch.write(Array(plain[..<count]), "cut.tar")
      #expect(try failure { _ = try Dataset.load(from: path) }.kind == .truncated)
    }
    var wrong = plain
    wrong[1024] ^= 1
    let path = try scratch.write(wrong, "wrong.tar")
    #expect(try failure { _ = try Dataset.load(from: path) }.problem.contains("wrong checksum"))
    let packed = try Scratch.fixture("pax.tar.gz")
    let cut = try scratch.write(Array(packed.dropLast(20)), "cut.tar.gz")
    #expect(try failure { _ = try Dataset.load(from: cut) }.kind == .truncated)
  }

  @Test func damagedTarBytesNeverCrash() throws {
    for name in ["gnu.tar", "pax.tar.gz"] {
      let packed = try Scratch.fixture(name)
      let plain = name.hasSuffix("gz") ? try GZip.inflate(packed, name: name) : packed
      for index in stride(from: 0, to: plain.count, by: 13) {
        var damaged = plain
        damaged[index] ^= 0xFF
        _ = try? Tar.entries(of: damaged, name: name) { _ in true }
      }
    }
  }

  @Test func otherPathsAreErrors() throws {
    let scratch = try Scratch()
    #expect(try failure { _ = try Dataset.load(from: scratch.path + "/no") }.kind == .missing)
    #expect(try failure { _ = try Dataset.load(from: scratch.path) }.kind == .empty)
    let text = try scratch.write(Array("hello".utf8), "x/hello.md")
    #expect(try failure { _ = try Dataset.load(from: text) }.kind == .unrecognised)
    #expect(try failure { _ = try Dataset.load(from: scratch.path + "/x") }.kind == .unrecognised)
    let empty = try scratch.write([], "empty.tar.gz")
    #expect(try failure { _ = try Dataset.load(from: empty) }.problem == "is an empty file")
    #expect(try failure { _ = try FileTree(folder: text) }.kind == .notAFolder)
    #expect(try failure { _ = try FileBytes.read(scratch.path) }.kind == .notAFile)
  }
}
