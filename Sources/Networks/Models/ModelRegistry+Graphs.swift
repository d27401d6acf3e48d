import Torch

/// Models whose inputs are the nodes of a graph: one line a model.
extension ModelRegistry {
  private struct GraphEntry: Sendable {
    let options: [String]
    let build: @Sendable (NodeGraph, _ classCount: Int, [String: Double], Generator) -> any Layer
  }

  private static let graphEntries: [String: GraphEntry] = [
    "gcn": GraphEntry(options: ["hidden", "dropout"]) { graph, classCount, options, generator in
      GCN(
        graph: graph, classCount: classCount, hidden: Int(options["hidden"] ?? 16),
        dropout: options["dropout"] ?? 0.5, using: generator)
    }
  ]

  /// The names of the models of graphs.
  public static var graphNames: [String] { graphEntries.keys.sorted() }

  /// A model of a graph with random weights.
  ///
  /// - Parameters:
  ///   - options: `hidden` units, a whole number; `dropout`, at least 0 and below 1.
  /// - Throws: ``ModelError`` for unknown names and options, and for models of examples that stand
  ///   alone.
  public static func model(
    _ name: String, graph: NodeGraph, classCount: Int, options: [String: Double] = [:],
    using generator: Generator
  ) throws(ModelError) -> any Layer {
    guard let entry = graphEntries[name] else {
      throw names.contains(name)
        ? .notForGraphs(name, known: graphNames) : .unknownModel(name, known: graphNames)
    }
    if let option = options.keys.sorted().first(where: { !entry.options.contains($0) }) {
      throw .unknownOption(option, model: name, known: entry.options)
    }
    for (option, value) in options.sorted(by: { $0.key < $1.key }) {
      let isRight =
        option == "dropout" ? 0..<1 ~= value : 1...1e6 ~= value && value == value.rounded()
      guard isRight else { throw .option(option, value: value, model: name) }
    }
    return entry.build(graph, classCount, options, generator)
  }
}
