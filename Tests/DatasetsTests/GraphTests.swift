import Testing
import Torch

@testable import Datasets

@Suite struct GraphTests {
  private func read(
    nodes: String = "node,label,split\na,1,train\nb,0,val\nc,1,test\n",
    edges: String = "source,target\na,b\nb,c\n", features: String = "node,word\na,0\nb,1\nc,1\n",
    classes: String? = nil
  ) throws -> Graph {
    let scratch = try Scratch()
    try scratch.write(Array(nodes.utf8), "g/nodes.csv")
    try scratch.write(Array(edges.utf8), "g/edges.csv")
    try scratch.write(Array(features.utf8), "g/features.csv")
    if let classes { try scratch.write(Array(classes.utf8), "g/classes.txt") }
    return try GraphFolder(FileTree(folder: scratch.path + "/g"), name: "g").load()
  }

  @Test func readsTheFixture() throws {
    let source = try DatasetSource(Scratch.fixtures + "/graph")
    let graph = try #require(try source.graph())
    #expect(source.format == .graph && source.parts == [.train, .validation, .test])
    #expect(graph.nodeCount == 6 && graph.featureCount == 4 && graph.classNames == ["0", "1"])
    #expect(graph.labels == [1, 0, 1, 0, 1, 0])
    // Edges given twice and in both directions count once, and so does the self loop.
    let edges = [(0, 1), (0, 2), (2, 3), (2, 4), (3, 3)].map(Graph.Edge.init)
    #expect(graph.edges == edges)
    #expect(graph.features[0].values(as: Float.self) == [1, 0, 3, 0])
    #expect(graph.features[5].values(as: Float.self) == [0, 0, 0, 0])
    #expect(graph.adjacency.sum().item == 9)
    #expect(graph.adjacency.isIdentical(to: graph.adjacency.transposed().contiguous()))
    let rows = try graph.rowNormalised().features.sum(along: 1).values(as: Float.self)
    #expect(rows == [1, 1, 1, 1, 1, 0])
  }

  @Test func partsAreNodesOfTheGraph() throws {
    let source = try DatasetSource(Scratch.fixtures + "/graph")
    let train = try source.load(.train)
    #expect(train.inputs.dtype == .int64 && train.inputShape.isEmpty)
    #expect(train.inputs.values(as: Int.self) == [0, 1] && train.labelValues == [1, 0])
    #expect(try source.load().inputs.values(as: Int.self) == [3, 4])
    #expect(try source.load(.all).count == 6 && train.range == Dataset.unbounded)
    #expect(train.batch([1]).inputs.values(as: Int.self) == [1])
  }

  @Test(arguments: [
    ("a,b\nb,z\n", "line 3: the target \"z\" is not one of the 3 nodes"),
    ("9,b\n", "line 2: the source \"9\" is not one of the 3 nodes"),
  ]) func danglingEdges(edges: String, part: String) throws {
    let error = try failure { _ = try read(edges: "source,target\n" + edges) }
    #expect(error.kind == .dangling && error.problem == part)
    #expect(error.place.hasSuffix("edges.csv"))
  }

  @Test(arguments: [
    (
      "node,label\na,1\nb,0\na,1\n", DatasetError.Kind.duplicate,
      "line 4: the node \"a\" is on line 2"
    ),
    ("node,label\na,1\nb,\n", .badValue, "line 3: the node has no label"),
    ("node,label\n", .empty, "has no node"), ("", .badValue, "names no column \"node\""),
    ("node,kind\na,1\n", .badValue, "names no column \"label\""),
    ("node,label\na,1,2\n", .countsDiffer, "line 2 has 3 fields"),
  ]) func wrongNodes(nodes: String, kind: DatasetError.Kind, part: String) throws {
    let error = try failure { _ = try read(nodes: nodes) }
    #expect(error.kind == kind && error.problem.contains(part), "\(error)")
    #expect(error.place.hasSuffix("nodes.csv"))
  }

  @Test(arguments: [
    ("node,word\nz,0\n", DatasetError.Kind.dangling, "line 2: the node \"z\""),
    ("node,word\na,-1\n", .badValue, "\"-1\" is not the number of a word"),
    ("node,word\na,99999999999\n", .badValue, "is not the number of a word"),
    ("node,word,value\na,0,nan\n", .badValue, "\"nan\" is not a finite number"),
  ]) func wrongFeatures(features: String, kind: DatasetError.Kind, part: String) throws {
    let error = try failure { _ = try read(features: features) }
    #expect(error.kind == kind && error.problem.contains(part), "\(error)")
  }

  @Test func classesHaveNames() throws {
    #expect(try read(classes: "theory\nrules\n").classNames == ["theory", "rules"])
    #expect(
      try read(nodes: "node,label\na,x\nb,y\nc,x\n", classes: "y\nx\n").labels == [1, 0, 1])
    let error = try failure { _ = try read(classes: "theory\n") }
    #expect(error.kind == .labelOutOfRange && error.problem.contains("line 2: \"1\""))
  }

  @Test func aGraphWithoutPartsIsAllOfIt() throws {
    let graph = try read(nodes: "node,label\na,1\nb,0\nc,1\n")
    #expect(graph.parts == [.all])
    #expect(try graph.dataset().count == 3)
    #expect(try failure { _ = try graph.dataset(.train) }.kind == .badSetting)
  }

  @Test func edgesAreChecked() throws {
    let features = Tensor.zeros([2, 3])
    let error = try failure {
      _ = try Graph(
        name: "g", features: features, edges: [.init(0, 2)], labels: [0, 0], classNames: ["a"])
    }
    #expect(error.kind == .dangling && error.problem.contains("node 2"))
    let empty = try failure {
      _ = try Graph(
        name: "g", features: .zeros([0, 3]), edges: [Graph.Edge](), labels: [], classNames: ["a"])
    }
    #expect(empty.kind == .empty)
  }

  @Test func fingerprintsTellGraphsApart() throws {
    let graph = try read()
    #expect(try graph.fingerprint() == read().fingerprint())
    #expect(try graph.fingerprint() != read(edges: "source,target\na,b\n").fingerprint())
    #expect(try graph.fingerprint() != read(features: "node,word\na,0\nb,1\n").fingerprint())
  }

  @Test func papersAreDrawnFromTheirSeed() throws {
    let source = try DatasetSource("papers")
    let graph = try #require(try source.graph())
    #expect(graph.nodeCount == 180 && graph.featureCount == 60)
    #expect(try graph.fingerprint() == Papers.graph().fingerprint())
    #expect(try graph.fingerprint() != Papers.graph(seed: 1).fingerprint())
    #expect(try source.load(.train).classCounts == [5, 5, 5] && source.load(.test).count == 60)
    let inside = graph.edges.count { graph.labels[$0.first] == graph.labels[$0.second] }
    #expect(Double(inside) > 0.7 * Double(graph.edges.count))
  }
}
