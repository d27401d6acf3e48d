import Files
import Testing
import Torch

@testable import Datasets

@Suite struct DatasetTests {
  private func make(
    _ inputs: Tensor, _ labels: [Int], classes: Int = 2, range: ClosedRange<Float> = 0...1
  ) throws -> Dataset {
    try Dataset(
      name: "d", inputs: inputs, labels: Tensor(labels), classNames: (0..<classes).map(String.init),
      range: range)
  }

  @Test func refusesBadContents() throws {
    let two = Tensor([0.5, 0.25] as [Float], shape: [2, 1])
    #expect(try failure { _ = try make(two, [0]) }.kind == .countsDiffer)
    let label = try failure { _ = try make(two, [0, 2]) }
    #expect(label.kind == .labelOutOfRange && label.problem.contains("label 2 of example 1"))
    #expect(try failure { _ = try make(two, [-1, 0]) }.kind == .labelOutOfRange)
    let none = Tensor([Float](), shape: [0, 3])
    #expect(try failure { _ = try make(none, []) }.kind == .empty)
    #expect(try failure { _ = try make(two.to(.float64), [0, 1]) }.kind == .unsupported)
    #expect(try failure { _ = try make(two.flattened(), [0, 1]) }.kind == .unsupported)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func namesTheFirstNonFinite(value: Float)
    throws
  {
    let inputs = Tensor([0, 0, 0, value, value, 0] as [Float], shape: [3, 2])
    let error = try failure { _ = try make(inputs, [0, 1, 0]) }
    #expect(
      error.kind == .notFinite && error.problem.contains("example 1 holds the value \(value)"))
    let unbounded = try failure { _ = try make(inputs, [0, 1, 0], range: Dataset.unbounded) }
    #expect(unbounded.kind == .notFinite)
  }

  @Test func namesTheFirstValueOutsideTheRange() throws {
    let inputs = Tensor([0, 1, 0.5, 2] as [Float], shape: [2, 2])
    let error = try failure { _ = try make(inputs, [0, 1]) }
    #expect(error.kind == .badValue && error.problem.contains("example 1 holds the value 2.0"))
    #expect(try make(inputs, [0, 1], range: 0...2).range == 0...2)
  }

  @Test func bytesAreDividedAsToTensorDoes() throws {
    let inputs = Tensor((0..<256).map { UInt8($0) }, shape: [256, 1, 1, 1])
    let data = try make(inputs, [Int](repeating: 0, count: 256))
    let values = data.batch(Array(0..<256)).inputs.values(as: Float.self)
    #expect(values == (0..<256).map { Float($0) / 255 })
  }

  @Test func subsetsKeepTheIndexOfTheirSource() throws {
    let inputs = Tensor((0..<5).map { Float($0) / 10 }, shape: [5, 1])
    let data = try make(inputs, [0, 1, 0, 1, 0])
    let part = try data.subset([4, 1, 3]).subset([0, 2])
    #expect(part.sourceIndices == [4, 3] && part.labelValues == [0, 1])
    #expect(part.batch([1]).indices == [3])
    #expect(part.batch([1, 0]).inputs.values(as: Float.self) == [0.3, 0.4])
    #expect(try data.prefix(2).sourceIndices == [0, 1] && data.prefix(99).count == 5)
    #expect(try failure { _ = try data.prefix(0) }.kind == .empty)
    #expect(try failure { _ = try data.subset([5]) }.kind == .badSetting)
    #expect(data.classCounts == [3, 2])
  }

  @Test func fingerprintsDependOnContentsAlone() throws {
    let inputs = Tensor([0.5, 0.25] as [Float], shape: [2, 1])
    let first = try make(inputs, [0, 1])
    #expect(try first.fingerprint() == make(inputs.copy(), [0, 1]).fingerprint())
    #expect(try first.fingerprint().count == 64)
    let others = try [
      make(inputs, [1, 0]), make(inputs, [0, 1], classes: 3), make(inputs / 2, [0, 1]),
      make(inputs.reshaped([2, 1, 1, 1]), [0, 1]),
    ]
    #expect(Set(try ([first] + others).map { try $0.fingerprint() }).count == 5)
  }

  @Test(
    "examples are the same whatever their inputs were made into, and others where their order is")
  func digestsOfExamples() throws {
    let inputs = Tensor([0.5, 0.25, 1] as [Float], shape: [3, 1])
    let first = try make(inputs, [0, 1, 0])
    #expect(try first.exampleDigest() == make(inputs / 2, [0, 1, 0]).exampleDigest())
    #expect(try first.exampleDigest().count == 64)
    let others = try [
      make(inputs, [0, 1, 1]), make(inputs, [0, 1, 0], classes: 3), first.prefix(2),
      first.subset([2, 1, 0]), first.with(fileNames: ["a", "b", "c"]),
      first.with(fileNames: ["a", "c", "b"]),
    ]
    #expect(Set(try ([first] + others).map { try $0.exampleDigest() }).count == 7)
  }

  @Test func digestsAreThePublishedOnes() throws {
    let abc = Array("abc".utf8)
    #expect(
      try Digest.hexadecimal(.sha256, of: abc)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try Digest.hexadecimal(.md5, of: abc) == "900150983cd24fb0d6963f7d28e17f72")
  }

  @Test(arguments: proceduralSources.map(\.name)) func proceduralSetsLoadByName(name: String) throws
  {
    let options = LoadOptions(count: 20, seed: 3)
    let data = try Dataset.load(from: name, options: options)
    #expect(data.count == 20 && data.part == .test && data.name == name)
    #expect(try data.fingerprint() == Dataset.load(from: name, options: options).fingerprint())
    let train = try Dataset.load(from: name, split: .train, options: options)
    #expect(try train.fingerprint() != data.fingerprint())
    #expect(throws: (any Error).self) {
      try Dataset.load(from: name, options: LoadOptions(count: -1))
    }
  }

  /// Of a recipe that looks at a few examples only those are drawn, and they are the same.
  @Test(
    arguments: proceduralSources.map(\.name).filter { $0 != "portraits" && $0 != "phrases" })
  func firstExamplesAreTheSameHoweverManyFollow(name: String) throws {
    let source = try #require(ProceduralSource.named(name))
    for part in [DatasetPart.train, .test] {
      let few = try source.load(part, options: LoadOptions(most: 5, seed: 3))
      let many = try source.load(part, options: LoadOptions(count: 16, seed: 3))
      #expect(try few.prefix(5).fingerprint() == many.prefix(5).fingerprint())
      #expect(few.count == 5 || name == "papers")
      #expect(throws: DatasetError.self) { try few.prefix(0) }
    }
  }
}
