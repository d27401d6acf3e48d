import Foundation
import Testing
import Torch

@testable import Datasets

/// Folders as CelebA is distributed.
struct AttributeFolderTests {
  /// Four grey images of 6 by 8 pixels whose values are their numbers.
  private func celebrities(
    _ attributes: String, division: String? = nil, ending: String = "txt"
  ) throws -> Scratch {
    let scratch = try Scratch()
    for image in 1...4 {
      let pixels = [UInt8](repeating: UInt8(image), count: 48)
      try scratch.write(Array("P5 6 8 255\n".utf8) + pixels, "img_align_celeba/00000\(image).pgm")
    }
    try scratch.write(Array(attributes.utf8), "list_attr_celeba.\(ending)")
    if let division { try scratch.write(Array(division.utf8), "list_eval_partition.\(ending)") }
    return scratch
  }

  private static let attributes = """
    4
    Eyeglasses No_Beard Smiling
    000001.pgm -1  1  1
    000002.pgm  1  1 -1
    000003.pgm -1 -1 -1
    000004.pgm  1 -1  1

    """

  @Test func labelsPartsAndNames() throws {
    let division = "000001.pgm 0\n000002.pgm 0\n000003.pgm 1\n000004.pgm 2\n"
    let scratch = try celebrities(Self.attributes, division: division)
    let source = try DatasetSource(scratch.path)
    #expect(source.parts == [.train, .validation, .test] && source.format == .images)
    let train = try source.load(.train)
    #expect(train.classNames == ["Eyeglasses", "No_Beard", "Smiling"] && train.outputs == .labels)
    #expect(train.labelSets == [[1, 2], [0, 1]] && train.inputShape == [1, 8, 6])
    let all = try source.load(.all)
    #expect(all.labelSets == [[1, 2], [0, 1], [], [0, 2]])
    #expect(
      all.inputs.select(0, along: 3).select(0, along: 2).values(as: Int.self) == [1, 2, 3, 4])
    #expect(all.fileNames?.last == "img_align_celeba/000004.pgm")
    #expect(try source.load().labelSets == [[0, 2]], "the test part where none is named")
  }

  @Test func someLabelsAndSmallSquares() throws {
    let scratch = try celebrities(Self.attributes)
    let options = LoadOptions(classes: ["Smiling", "Eyeglasses"], side: 3)
    let set = try Dataset.load(from: scratch.path, options: options)
    #expect(set.labelSets == [[0], [1], [], [0, 1]] && set.inputShape == [1, 3, 3])
    #expect(
      set.inputs.select(0, along: 3).select(0, along: 2).values(as: Int.self) == [1, 2, 3, 4])
    let single = LoadOptions(classes: ["Smiling"])
    #expect(try Dataset.load(from: scratch.path, options: single).classNames == ["Smiling"])
  }

  @Test func commaSeparatedForm() throws {
    let text = """
      image_id,Eyeglasses,Smiling
      000002.pgm,1,-1
      000001.pgm,-1,1
      """
    let division = "image_id,partition\n000001.pgm,0\n000002.pgm,2\n"
    let scratch = try celebrities(text, division: division, ending: "csv")
    #expect(try Dataset.load(from: scratch.path, split: .all).labelSets == [[0], [1]])
    #expect(try Dataset.load(from: scratch.path, split: .train).labelSets == [[1]])
  }

  @Test(arguments: [
    ("5\na b\n000001.pgm 1 1\n", DatasetError.Kind.countsDiffer),
    ("1\na b\n000001.pgm 1\n", .countsDiffer), ("1\na b\n000001.pgm 1 2\n", .badValue),
    ("1\na b\n000009.pgm 1 1\n", .missing), ("0\na b\n", .empty), ("", .empty),
  ]) func wrongFiles(text: String, kind: DatasetError.Kind) throws {
    let scratch = try celebrities(text)
    #expect(try failure { _ = try Dataset.load(from: scratch.path) }.kind == kind)
  }

  @Test func wrongPartsAndSides() throws {
    let scratch = try celebrities(Self.attributes, division: "a b\n000001.pgm 3\n")
    let error = try failure { _ = try Dataset.load(from: scratch.path, split: .train) }
    #expect(error.kind == .badValue && error.problem.contains("line 2"))
    for (path, side) in [(scratch.path, 0), (scratch.path, 5000), ("glyphs", 8)] {
      let options = LoadOptions(side: side)
      #expect(
        try failure { _ = try Dataset.load(from: path, options: options) }.kind == .badSetting)
    }
  }

  @Test("squares are Pillow's: crop, then resize with BILINEAR") func squares() throws {
    let pixels: [UInt8] = (0..<63).map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: 7)
      return UInt8(row * 13 + column * 17)
    }
    let image = try ByteImage(width: 7, height: 9, channels: 1, pixels: pixels)
    #expect(image.square(side: 3).pixels == [39, 75, 111, 67, 103, 139, 95, 131, 167])
    #expect(
      image.square(side: 10).pixels.prefix(20) == [
        13, 22, 34, 46, 58, 70, 82, 94, 106, 115, 20, 29, 41, 53, 65, 77, 89, 101, 113, 122,
      ])
    let square = try ByteImage(width: 7, height: 7, channels: 1, pixels: Array(pixels.prefix(49)))
    #expect(square.square(side: 7) == square)
    let colour = try ByteImage(
      width: 7, height: 9, channels: 3, pixels: pixels.flatMap { [$0, 7, $0] })
    let reduced = colour.square(side: 3).pixels
    #expect(Array(reduced.prefix(6)) == [39, 7, 39, 75, 7, 75])
  }
}
