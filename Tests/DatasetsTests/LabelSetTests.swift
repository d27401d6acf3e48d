import Foundation
import Testing
import Torch

@testable import Datasets

@Suite("Examples with several labels each")
struct LabelSetTests {
  private let inputs = Tensor((0..<12).map { Float($0) }, shape: [6, 2])
  private let targets = Tensor(
    [1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1], shape: [6, 3])

  private func data() throws -> Dataset {
    try Dataset(
      name: "d", inputs: inputs, targets: targets, labelNames: ["a", "b", "c"],
      range: Dataset.unbounded)
  }

  @Test("labels go with their examples through subsets, batches and slices")
  func travels() throws {
    let data = try data()
    #expect(data.outputs == .labels && data.classCounts == [3, 3, 3])
    #expect(data.labelSets == [[0], [0, 1], [], [1, 2], [0, 1, 2], [2]])
    let batch = try data.subset([4, 0, 3]).batch([2, 0])
    #expect(batch.indices == [3, 4] && batch.outputs == .labels)
    #expect(batch.targets?.values(as: Float.self) == [0, 1, 1, 1, 1, 1])
    #expect(batch.selecting([1]).targets?.values(as: Float.self) == [1, 1, 1])
    #expect(batch.slice(1..<2, on: .cpu).targets?.values(as: Float.self) == [1, 1, 1])
    #expect(
      batch.replacing(inputs: batch.inputs * 2).targets?.isIdentical(to: batch.targets!) ?? false)
    let scaled = try Standardisation(fittedTo: data).applied(to: data)
    #expect(scaled.labelSets == data.labelSets)
    let split = try Split(
      stratifiedBy: data.labelValues, fractions: SplitFractions(train: 0.5, test: 0.5), seed: 1)
    let parts = try [data.subset(.train, of: split), data.subset(.test, of: split)]
    #expect(parts.map(\.count) == [3, 3])
    #expect(parts.allSatisfy { $0.labelSets == $0.sourceIndices.map { data.labelSets[$0] } })
  }

  @Test("augmentation moves pictures and leaves their labels")
  func augmentation() throws {
    let images = Tensor((0..<24).map { Float($0) / 24 }, shape: [6, 1, 2, 2])
    let data = try Dataset(
      name: "d", inputs: images, targets: targets, labelNames: ["a", "b", "c"])
    let batch = data.batch([0, 5])
    let moved = try Augmentation([.flip(probability: 1)]).apply(to: batch, seed: 1, epoch: 0)
    #expect(!moved.inputs.isIdentical(to: batch.inputs))
    #expect(moved.targets?.values(as: Float.self) == [1, 0, 0, 0, 0, 1])
  }

  @Test("labels are part of the fingerprint; their type is not")
  func fingerprint() throws {
    let other = targets.copy().to(.float64) * -1 + 1
    func print(_ targets: Tensor) throws -> String {
      try Dataset(
        name: "d", inputs: inputs, targets: targets, labelNames: ["a", "b", "c"],
        range: Dataset.unbounded
      ).fingerprint()
    }
    #expect(try print(targets) == print(targets.to(.uint8)))
    #expect(try print(targets) != print(other))
  }

  @Test("labels that are not 0 or 1, or not as many as names, are refused")
  func refusals() throws {
    func kind(_ targets: Tensor, _ names: [String] = ["a", "b", "c"]) throws -> DatasetError.Kind {
      try failure {
        _ = try Dataset(
          name: "d", inputs: inputs, targets: targets, labelNames: names, range: Dataset.unbounded)
      }.kind
    }
    #expect(try kind(targets.to(.float64) * 0.5) == .badValue)
    #expect(try kind(targets.to(.float64) / 0) == .badValue)
    #expect(try kind(targets, ["a", "b"]) == .countsDiffer)
    #expect(try kind(targets[0..<5]) == .countsDiffer)
    #expect(try kind(targets.flattened()) == .countsDiffer)
    #expect(try kind(targets, []) == .labelOutOfRange)
    let words = try failure { _ = try data().subset([6]) }
    #expect(words.kind == .badSetting)
  }

  @Test("an archive whose y has columns holds labels")
  func archive() throws {
    func load(_ arrays: [String: Tensor], _ part: DatasetPart? = nil) throws -> Dataset {
      try NPZDataset(arrays: arrays, path: "d.npz", name: "d").load(part)
    }
    let data = try load(["x": inputs, "y": targets])
    #expect(data.outputs == .labels && data.classNames == ["0", "1", "2"])
    #expect(data.labelSets == (try self.data().labelSets))
    let arrays = [
      "x_train": inputs, "y_train": targets, "x_test": inputs[0..<2],
      "y_test": targets[0..<2].to(.bool),
    ]
    #expect(try load(arrays).labelSets == [[0], [0, 1]])
    #expect(try load(arrays, .all).count == 8)
    func kind(_ train: Tensor) throws -> DatasetError.Kind {
      try failure {
        _ = try load(
          ["x_train": inputs, "y_train": train, "x_test": inputs, "y_test": targets], .all)
      }.kind
    }
    #expect(try kind(Tensor([0, 1, 0, 1, 0, 1])) == .unsupported)
    #expect(try kind(targets.transposed(0, 1).contiguous().reshaped([9, 2])) == .sizesDiffer)
    #expect(try failure { _ = try load(["x": inputs, "y": targets * 3]) }.kind == .badValue)
  }

  @Test("few labelled examples are drawn by seed, nested, and with every label among them")
  func subset() throws {
    let data = try CubeInSpace(labelCount: 3, dimensions: 4).dataset(count: 200, seed: 1)
    let targets = try #require(data.targets)
    func drawn(_ count: Int, _ seed: UInt64 = 0) throws -> [Int] {
      try LabelSubset.drawn(count, of: targets, names: data.classNames, seed: seed)
    }
    let twenty = try drawn(20)
    #expect(twenty == twenty.sorted() && Set(twenty).count == 20)
    #expect(Set(twenty).isSubset(of: try drawn(40)))
    #expect(try drawn(20, 1) != twenty)
    let without = Tensor([Float](repeating: 0, count: 600), shape: [200, 3])
    let error = try failure {
      _ = try LabelSubset.drawn(20, of: without, names: ["a", "b", "c"], seed: 0)
    }
    #expect(error.kind == .badSetting && error.problem.contains("label a"))
    #expect(try failure { _ = try drawn(201) }.kind == .badSetting)
    #expect(try failure { _ = try drawn(0) }.kind == .badSetting)
  }
}

@Suite("A cube in space")
struct CubeInSpaceTests {
  @Test("the best score is as good as its closed forms say")
  func bayes() throws {
    let cube = try CubeInSpace(labelCount: 4, dimensions: 12, noise: 0.8)
    let data = try cube.dataset(count: 20_000, seed: 3, part: .test)
    let axes = cube.axes(seed: 3)
    for (row, axis) in axes.enumerated() {
      for (column, other) in axes.enumerated() {
        let product = zip(axis, other).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-12)
      }
    }
    let scores = data.inputs.to(.float64)
      .matmul(Tensor(axes.flatMap(\.self), shape: [4, 12]).transposed(0, 1))
    let targets = try #require(data.targets)
    let wrong = scores.greater(than: 0).equal(to: targets.greater(than: 0)).not().to(.float64)
    // Four standard errors of 80 000 independent labels, and of 20 000 examples.
    #expect(abs(wrong.mean().item - cube.bayesLabelError) < 4 * (0.1 * 0.9 / 80_000).squareRoot())
    let exact = wrong.sum(along: 1).greater(than: 0).to(.float64).mean().item
    #expect(abs(exact - cube.bayesExactMatchError) < 4 * (0.36 * 0.64 / 20_000).squareRoot())
    #expect(abs(targets.to(.float64).mean().item - 0.5) < 4 * 0.5 / 80_000.0.squareRoot())
    #expect(abs(cube.bayesLabelError - 0.10564977) < 1e-8)
    #expect(abs(cube.bayesROCArea - 0.96145006) < 1e-8)
  }

  @Test("an example depends on seed, part and place alone")
  func streams() throws {
    let cube = try CubeInSpace(labelCount: 2, dimensions: 3)
    let few = try cube.dataset(count: 5, seed: 1)
    let many = try cube.dataset(count: 50, seed: 1)
    #expect(few.inputs.isIdentical(to: many.inputs[0..<5].contiguous()))
    #expect(few.labelSets == Array(many.labelSets[0..<5]))
    #expect(try cube.dataset(count: 5, seed: 1, part: .test).fingerprint() != few.fingerprint())
    #expect(throws: ProceduralError.self) { try CubeInSpace(labelCount: 5, dimensions: 4) }
    #expect(throws: ProceduralError.self) { try CubeInSpace(noise: 0) }
  }
}
