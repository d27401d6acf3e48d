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
}
