import Foundation
import Testing

@Suite("Which examples are labelled")
struct LabelsFileTests {
  private struct Labels: Decodable {
    struct Class: Decodable {
      let name: String
      let count: Int
    }
    let schema: String
    let seed: Int
    let count: Int
    let classes: [Class]?
    let labels: [Class]?
    let positions: [Int]
    let files: [String]?
  }

  private func run(_ scratch: Scratch, _ name: String, _ settings: [String]) throws -> Data {
    let recipe = try scratch.write(
      "recipe.yaml",
      """
      recipe: train
      title: few labels
      cost: { full: 1 s }
      data: { source: \(scratch.path("data")), labels: 4 }
      model: { name: mlp, options: { hidden: 4 } }
      training: { steps: 3, batchSize: 4 }
      """)
    let command = try Command(
      ["train", recipe, "--out", scratch.path(name), "--quiet"]
        + settings.flatMap { ["--set", $0] })
    #expect(command.status == 0, "\(command.errors)")
    return try Data(contentsOf: URL(filePath: scratch.path("\(name)/labels.json")))
  }

  @Test("the file names them by position and file, and depends on the label seed alone")
  func images() throws {
    let scratch = try Scratch()
    for part in ["train", "test"] {
      for (label, name) in ["cat", "dog"].enumerated() {
        for image in 0..<6 {
          let pixels = (0..<16).map { UInt8($0 * 10 + label * 60 + image) }
          _ = try scratch.write(
            "data/\(part)/\(name)/\(image).pgm", Array("P5 4 4 255\n".utf8) + pixels)
        }
      }
    }
    let first = try run(scratch, "first", ["seed=1"])
    let labels = try JSONDecoder().decode(Labels.self, from: first)
    #expect(labels.schema == "touchstone.labels/1" && labels.seed == 0 && labels.count == 4)
    #expect(labels.classes?.map(\.name) == ["cat", "dog"])
    #expect(labels.classes?.map(\.count) == [2, 2])
    // Images are read in turn: cat 0, dog 0, cat 1, and so on.
    let expected = labels.positions.map {
      "train/\($0 % 2 == 0 ? "cat" : "dog")/\($0 / 2).pgm"
    }
    #expect(labels.files == expected)
    // Once more in the same folder: the run goes on from its checkpoint.
    #expect(try run(scratch, "first", ["seed=1"]) == first)
    #expect(try run(scratch, "second", ["seed=2", "training.steps=5"]) == first)
    let other = try run(scratch, "third", ["seed=1", "data.labelSeed=5"])
    #expect(try JSONDecoder().decode(Labels.self, from: other).positions != labels.positions)
  }

  @Test("examples with several labels are counted label by label, and have no files")
  func several() throws {
    let scratch = try Scratch()
    let settings = [
      "data.source=cube-in-space", "data.train=50", "data.labels=10",
      "objective=[{term: bernoulli-cross-entropy}]",
    ]
    let labels = try JSONDecoder().decode(Labels.self, from: try run(scratch, "run", settings))
    #expect(labels.count == 10 && labels.positions.count == 10 && labels.files == nil)
    #expect(labels.labels?.count == 5 && labels.classes == nil)
    #expect(labels.positions.allSatisfy { 0..<50 ~= $0 })
  }
}
