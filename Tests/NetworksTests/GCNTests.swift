import Foundation
import Networks
import Testing
import Torch

@Suite("Graph convolutional network")
struct GCNTests {
  /// A path 0 - 1 - 2 with node 3 apart, and a self loop, which counts for nothing.
  static let edges = Tensor([0, 1, 1, 2, 1, 1], shape: [3, 2])
  static let adjacency = Tensor(
    [0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0].map(Float.init), shape: [4, 4])

  private func model(hidden: Int = 5) -> GCN {
    let generator = Generator(seed: 1, purpose: "gcn")
    let features = Tensor.uniform([4, 6], in: 0...1, using: generator)
    return GCN(
      graph: NodeGraph(features: features, edges: Self.edges), classCount: 3, hidden: hidden,
      using: generator)
  }

  @Test("the normalised adjacency of a path is known")
  func normalised() {
    let (a, b) = (1 / 2.0, 1 / 6.0.squareRoot())
    let expected = [a, b, 0, 0, b, 1 / 3.0, b, 0, 0, b, a, 0, 0, 0, 0, 1].map(Float.init)
    let dense = NeighbourSum.normalised(Self.adjacency).values(as: Float.self)
    let sums = NeighbourSum(edges: Self.edges, nodeCount: 4)(.identity(4)).values(as: Float.self)
    for (index, value) in expected.enumerated() {
      #expect(abs(dense[index] - value) < 1e-6 && abs(sums[index] - value) < 1e-6)
    }
  }

  @Test("logits are the formula's, with edges as a list and as a matrix")
  func formula() {
    let model = model()
    let nodes = Tensor([2, 0, 2])
    let weights = model.parameters.map(\.value)
    let matrix = NeighbourSum.normalised(Self.adjacency)
    let hidden = matrix.matmul(model.features).matmul(weights[0].transposed()).relu()
    let expected = matrix.matmul(hidden).matmul(weights[1].transposed()).selecting(rows: nodes)
    #expect((model(nodes) - expected).abs().max().item < 1e-6)
    let dense = model.logits(of: nodes, adjacency: Self.adjacency)
    #expect((dense - expected).abs().max().item < 1e-6)
    #expect(model.namedParameters.map(\.name) == ["hidden.weight", "output.weight"])
  }

  @Test("a node's logits do not depend on which others are asked about, nor on their order")
  func rows() {
    let model = model()
    let all = model(Tensor([0, 1, 2, 3]))
    let some = model(Tensor([3, 1]))
    #expect(some.isIdentical(to: all.selecting(rows: [3, 1])))
  }

  @Test("two passes with one seed drop the same units, and features have a gradient of any order")
  func embedding() {
    let model = model(hidden: 16)
    let nodes = Tensor([0, 1, 2, 3])
    let features = model.embedding(of: nodes)
    let pass = { model.logits(ofEmbedding: $0, of: nodes, .training(seed: 3)) }
    #expect(pass(features).isIdentical(to: pass(features)))
    let product = hessianVectorProduct(at: features, direction: .ones(like: features)) {
      pass($0).crossEntropy(Tensor([0, 1, 2, 0]))
    }
    #expect(product.abs().sum().item > 0)
    #expect(model.embedsEverything && model.mask(of: nodes) == nil)
  }

  @Test("weights are saved without the graph, and the export has it")
  func files() throws {
    let model = model()
    #expect(model.state().keys.sorted() == ["hidden.weight", "output.weight"])
    let folder = FileManager.default.temporaryDirectory.appending(path: "gcn-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "model.pt")
    try model.export(to: file)
    let nodes = Tensor([3, 0, 1])
    let script = try ScriptModule(contentsOf: file)
    #expect((try script(nodes) - model(nodes)).abs().max().item < 1e-6)
  }

  @Test("models of graphs are built by name, and others are told apart")
  func registry() throws {
    let generator = Generator(seed: 1, purpose: "gcn")
    let graph = NodeGraph(features: .ones([4, 6]), edges: Self.edges)
    func build(_ name: String, _ options: [String: Double] = [:]) throws(ModelError) -> any Layer {
      try ModelRegistry.model(
        name, graph: graph, classCount: 3, options: options, using: generator)
    }
    #expect(try build("gcn", ["hidden": 7, "dropout": 0.25]).parameterCount == 7 * 9)
    #expect(throws: ModelError.notForGraphs("mlp", known: ["gcn"])) { try build("mlp") }
    #expect(throws: ModelError.unknownModel("gat", known: ["gcn"])) { try build("gat") }
    #expect(throws: ModelError.option("dropout", value: 1, model: "gcn")) {
      try build("gcn", ["dropout": 1])
    }
    #expect(throws: ModelError.onlyForGraphs("gcn", known: ModelRegistry.names)) {
      try ModelRegistry.model("gcn", inputShape: [], classCount: 3, using: generator)
    }
  }
}
