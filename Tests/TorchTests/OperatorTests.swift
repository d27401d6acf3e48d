import Foundation
import Testing

@testable import Torch

@Suite("Operators")
struct OperatorTests {
  @Test("every declared operator resolves with exactly the declared schema")
  func schemas() throws {
    for declared in Operator.all {
      let found = try Operator(checking: declared.schema)
      #expect(found.schema == declared.schema)
    }
  }

  @Test("no declaration is missing from the table")
  func tableIsComplete() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Torch/Operators")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let declarations = try files.map { try String(contentsOf: $0, encoding: .utf8) }
      .map { $0.components(separatedBy: "= Operator(").count - 1 }.reduce(0, +)
    #expect(declarations == Operator.all.count)
    #expect(Set(Operator.all.map(\.schema)).count == declarations)
  }

  @Test("a wrong schema and an unknown operator are refused")
  func wrongSchema() {
    #expect(throws: TorchError.self) {
      try Operator(checking: "aten::add.Tensor(Tensor self, Tensor other) -> Tensor")
    }
    #expect(throws: TorchError.self) { try Operator(checking: "aten::no_such(Tensor x) -> Tensor") }
  }

  @Test("a failure inside attempt is thrown, with libtorch's message and without its stack")
  func failures() throws {
    let error = #expect(throws: TorchError.self) {
      try attempt { Tensor.zeros([2, 3]).matmul(Tensor.zeros([2, 3])) }
    }
    let text = try #require(error).description
    #expect(text.contains("mat1 and mat2 shapes cannot be multiplied"))
    #expect(!text.contains("frame #"))
  }

  /// What follows a failure works on a placeholder without dimensions, and must not end the process.
  @Test(
    "a failure of an operator with several results, and what follows it, is thrown too",
    arguments: [
      "longShortTermMemory", "chunks", "unique", "size",
    ])
  func failuresOfLists(name: String) throws {
    let (input, weight) = (Tensor.zeros([2, 3, 4]), Tensor.zeros([8, 2]))
    let calls: [String: () -> Tensor] = [
      // The input's weights would have to be [8, 4].
      "longShortTermMemory": {
        let states = input.longShortTermMemory(
          inputWeight: Tensor.zeros([8, 5]), hiddenWeight: weight, inputBias: Tensor.zeros([8]),
          hiddenBias: Tensor.zeros([8]))
        return states.reshaped([states.size(0), states.size(2)])
      },
      "chunks": { input.chunks(2, along: 7)[1] }, "unique": { input.matmul(weight).unique() },
      "size": { input.reshaped([input.size(3), -1]) },
    ]
    let call = try #require(calls[name])
    #expect(throws: TorchError.self) { try attempt(call) }
  }
}
