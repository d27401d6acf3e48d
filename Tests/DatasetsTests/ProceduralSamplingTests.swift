import Datasets
import Testing
import Torch

@Suite struct ProceduralSamplingTests {
  static let names = ["glyphs", "gaussians", "moons", "rings", "koch", "portraits"]

  static func set(_ name: String) throws -> any ProceduralSet {
    switch name {
    case "glyphs": try Glyphs()
    case "gaussians": try Gaussians(classes: 3, dimension: 3, anisotropy: 4)
    case "moons": try Moons()
    case "rings": try Rings(radii: [1, 2, 3])
    case "koch": try Koch(noise: 0.01)
    default: try Portraits(privateIdentities: 7, publicIdentities: 3, size: 16)
    }
  }

  /// Inputs, shape and labels of a draw from a set of any type.
  static func draw(
    _ set: any ProceduralSet, _ count: Int, seed: UInt64 = 1, part: ProceduralPart = .train
  ) throws -> (inputs: [Float], shape: [Int], labels: [Int]) {
    func opened(_ set: some ProceduralSet) throws -> ([Float], [Int], [Int]) {
      let sample = try set.draw(count, seed: seed, part: part)
      #expect(sample.truth.count == count)
      return (sample.inputs, sample.shape, sample.labels)
    }
    return try opened(set)
  }

  @Test(arguments: names) func sameSeedGivesTheSameExamples(name: String) throws {
    let set = try Self.set(name)
    let first = try Self.draw(set, 33)
    let second = try Self.draw(set, 33)
    #expect(first == second)
    #expect(first.shape == [33] + set.exampleShape)
  }

  @Test(arguments: names) func examplesDoNotDependOnTheCount(name: String) throws {
    let set = try Self.set(name)
    let few = try Self.draw(set, 21)
    let many = try Self.draw(set, 50)
    #expect(Array(many.inputs.prefix(few.inputs.count)) == few.inputs)
    #expect(Array(many.labels.prefix(21)) == few.labels)
  }

  @Test(arguments: names) func seedsAndPartsDiffer(name: String) throws {
    let set = try Self.set(name)
    let draws = [
      try Self.draw(set, 20), try Self.draw(set, 20, seed: 2),
      try Self.draw(set, 20, part: .validation), try Self.draw(set, 20, part: .test),
    ]
    let size = set.exampleShape.reduce(1, *)
    let examples = draws.flatMap { draw in
      (0..<20).map { Array(draw.inputs[$0 * size..<($0 + 1) * size]) }
    }
    #expect(Set(examples).count == 80)
  }

  @Test(arguments: names) func everyBlockHoldsEachClassOnce(name: String) throws {
    let set = try Self.set(name)
    let classes = set.classNames.count
    let labels = try Self.draw(set, 4 * classes).labels
    for block in 0..<4 {
      #expect(
        labels[block * classes..<(block + 1) * classes].sorted() == Array(0..<classes))
    }
  }

  @Test(arguments: names) func countsOutOfRangeThrow(name: String) throws {
    let set = try Self.set(name)
    #expect(try Self.draw(set, 0).inputs.isEmpty)
    #expect(throws: ProceduralError.self) { try Self.draw(set, -1) }
    #expect(throws: ProceduralError.self) { try Self.draw(set, .max) }
    #expect(throws: DatasetError.self) { try set.dataset(count: 0, seed: 1) }
  }

  @Test func imagesBecomeBytesAndPointsFloats() throws {
    let glyphs = try Glyphs().split(train: 12, test: 5, seed: 3)
    #expect(glyphs.train.inputs.dtype == .uint8)
    #expect(glyphs.train.inputs.shape == [12, 1, 28, 28])
    #expect(glyphs.test.inputs.shape == [5, 1, 28, 28])
    #expect(glyphs.train.part == .train && glyphs.test.part == .test)
    let sample = try Glyphs().draw(12, seed: 3)
    let restored = glyphs.train.batch(Array(0..<12)).inputs.values(as: Float.self)
    #expect(zip(restored, sample.inputs).allSatisfy { abs($0 - $1) <= 0.5 / 255 + 1e-6 })
    #expect(glyphs.train.labelValues == sample.labels)

    let koch = try Koch().dataset(count: 6, seed: 3, part: .test)
    #expect(koch.inputs.dtype == .float32 && koch.inputs.shape == [6, 2])
    #expect(koch.name == "koch" && koch.classNames == ["outer", "inner"])
    #expect(
      try koch.inputs.values(as: Float.self) == Koch().draw(6, seed: 3, part: .test).inputs)
  }

  @Test func errorsSayWhatAndWhere() {
    let error = #expect(throws: ProceduralError.self) { try Glyphs(noise: -1) }
    #expect(error?.errorDescription == "glyphs: noise is -1.0, but it must be between 0 and 10.0")
    #expect(error?.recoverySuggestion == "give another value for noise")
    #expect(throws: ProceduralError.self) { try Glyphs(rotation: .nan) }
    #expect(throws: ProceduralError.self) { try Glyphs(scale: 0...1) }
    #expect(throws: ProceduralError.self) { try Glyphs(thickness: 1...100) }
    #expect(throws: ProceduralError.self) { try Moons(noise: .infinity) }
    #expect(throws: ProceduralError.self) { try Rings(radii: []) }
    #expect(throws: ProceduralError.self) { try Rings(radii: [1, 1]) }
    #expect(throws: ProceduralError.self) { try Koch(order: 9) }
    #expect(throws: ProceduralError.self) { try Koch(radii: (1, 0.6)) }
    #expect(throws: ProceduralError.self) { try Portraits(size: 8) }
  }
}
