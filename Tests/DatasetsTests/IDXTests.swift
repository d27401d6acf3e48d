import Testing
import Torch

@testable import Datasets

@Suite struct IDXTests {
  private func folder(
    images: [UInt8]? = nil, labels: [UInt8]? = nil, zip: Bool = false
  ) throws -> Scratch {
    let scratch = try Scratch()
    let images = images ?? idx([3, 2, 2], (0..<12).map { $0 * 20 })
    let labels = labels ?? idx([3], [7, 0, 9])
    let ending = zip ? ".gz" : ""
    try scratch.write(zip ? gzipped(images) : images, "t10k-images-idx3-ubyte" + ending)
    try scratch.write(zip ? gzipped(labels) : labels, "t10k-labels-idx1-ubyte" + ending)
    return scratch
  }

  private func load(_ scratch: Scratch, _ part: DatasetPart? = nil) throws -> Dataset {
    try withExtendedLifetime(scratch) { try Dataset.load(from: scratch.path, split: part) }
  }

  @Test(arguments: [false, true]) func readsAFolder(zip: Bool) throws {
    let data = try load(folder(zip: zip))
    #expect(data.count == 3 && data.inputShape == [1, 2, 2] && data.part == .test)
    #expect(data.labelValues == [7, 0, 9] && data.classNames == ClassList.digits)
    let batch = data.batch([2, 0])
    #expect(batch.inputs.shape == [2, 1, 2, 2] && batch.indices == [2, 0])
    let expected: [Float] = [160, 180, 200, 220]
    #expect(Array(batch.inputs.values(as: Float.self)[..<4]) == expected.map { $0 / 255 })
    #expect(batch.labels.values(as: Int.self) == [9, 7])
  }

  @Test func readsDottedNamesAndBothParts() throws {
    let scratch = try Scratch()
    try scratch.write(idx([1, 1, 2], [1, 2]), "fashion/train-images.idx3-ubyte")
    try scratch.write(idx([1], [3]), "fashion/train-labels.idx1-ubyte")
    try scratch.write(idx([1, 1, 2], [5, 6]), "fashion/t10k-images.idx3-ubyte")
    try scratch.write(idx([1], [4]), "fashion/t10k-labels.idx1-ubyte")
    let source = try DatasetSource(scratch.path + "/fashion")
    #expect(source.format == .idx && source.parts == [.train, .test])
    #expect(try source.load(.train).classNames[3] == "Dress")
    let all = try source.load(.all)
    #expect(all.labelValues == [3, 4] && all.inputs.values(as: Int.self) == [1, 2, 5, 6])
  }

  @Test func refusesAWrongMagic() throws {
    let images = idx([1, 1, 1], [5], magic: [0x12, 0x34, 8])
    let error = try failure { _ = try IDX(decoding: images, name: "i") }
    #expect(error.kind == .corrupt && error.description.contains("12 34 08 03"))
    let floats = try failure {
      _ = try IDX(decoding: idx([1], [0, 0, 0, 0], magic: [0, 0, 0x0D]), name: "i")
    }
    #expect(floats.kind == .unsupported)
    #expect(try failure { _ = try IDX(decoding: [], name: "i") }.kind == .truncated)
    let swapped = try failure { _ = try IDX(decoding: idx([1], [5]), name: "i", rank: 3) }
    #expect(swapped.problem == "has 1 dimensions where 3 are needed")
  }

  @Test(arguments: [false, true]) func refusesLengthsThatLie(zip: Bool) throws {
    func read(_ bytes: [UInt8]) throws -> DatasetError {
      try failure { _ = try IDX(decoding: zip ? gzipped(bytes) : bytes, name: "i") }
    }
    #expect(try read(idx([3, 2, 2], [1, 2])).kind == .truncated)
    #expect(try read(idx([1, 2, 2], [1, 2, 3, 4, 5])).kind == .corrupt)
    let huge = 0xFFFF_FFFF
    #expect(try read(idx([huge, huge, huge], [1])).kind == .tooLarge)
    #expect(try read(idx([1000, 1000, 1000], [1])).kind == .truncated)
    #expect(try read(Array(idx([3, 2, 2], []).prefix(9))).kind == .truncated)
  }

  @Test func namesWhatDoesNotFit() throws {
    let counts = try failure { _ = try load(folder(labels: idx([2], [1, 2]))) }
    #expect(counts.kind == .countsDiffer && counts.problem.contains("2 labels"))
    let label = try failure {
      _ = try load(folder(labels: idx([3], [1, 200, 3])))
    }
    #expect(label.kind == .labelOutOfRange && label.problem.contains("label 200 of example 1"))
    let empty = try folder(images: idx([0, 2, 2], []), labels: idx([0], []))
    #expect(try failure { _ = try Dataset.load(from: empty.path) }.kind == .empty)
    let cut = try folder(zip: true)
    try cut.write(
      Array(gzipped(idx([3, 2, 2], Array(0..<12))).dropLast(9)), "t10k-images-idx3-ubyte.gz")
    #expect(try failure { _ = try Dataset.load(from: cut.path) }.kind == .truncated)
    let part = try failure { _ = try load(folder(), .train) }
    #expect(part.kind == .badSetting && part.problem == "has no train part (only test)")
    let alone = try Scratch()
    try alone.write(idx([1, 1, 1], [1]), "train-images-idx3-ubyte")
    #expect(try failure { _ = try Dataset.load(from: alone.path) }.kind == .missing)
    let file = try failure {
      _ = try Dataset.load(from: alone.path + "/train-images-idx3-ubyte")
    }
    #expect(file.kind == .notAFolder)
  }
}
