import Torch

/// A generator of examples that goes by a name where others need a path.
public struct ProceduralSource: Sendable {
  /// The name, such as `glyphs`.
  public let name: String
  /// What it draws, in half a sentence.
  public let summary: String
  /// The parts that it draws from independent streams.
  public let parts: Set<DatasetPart>
  private let draw: @Sendable (DatasetPart, LoadOptions) throws -> Dataset
  private let drawGraph: (@Sendable (_ seed: UInt64) throws -> Graph)?

  /// A source that draws with `draw`, given one of `parts` and the count and seed wanted.
  public init(
    name: String, summary: String, parts: Set<DatasetPart> = [.train, .test],
    draw: @escaping @Sendable (DatasetPart, LoadOptions) throws -> Dataset
  ) {
    self.name = name
    self.summary = summary
    self.parts = parts
    self.draw = draw
    drawGraph = nil
  }

  /// A source that draws a graph with train, validation and test nodes.
  init(
    _ name: String, _ summary: String, graph: @escaping @Sendable (_ seed: UInt64) throws -> Graph
  ) {
    self.name = name
    self.summary = summary
    parts = [.train, .validation, .test]
    draw = { part, options in
      let nodes = try graph(options.seed).dataset(part)
      return try options.count.map { try nodes.prefix($0) } ?? nodes
    }
    drawGraph = graph
  }

  /// A source that draws from a procedural set.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - summary: what it draws, in half a sentence.
  ///   - counts: how many examples of the train and the test part it draws unless told otherwise.
  ///   - make: makes the set.
  init<Drawn: ProceduralSet>(
    _ name: String, _ summary: String, counts: (train: Int, test: Int),
    make: @escaping @Sendable () throws -> Drawn
  ) {
    self.init(name: name, summary: summary) { part, options in
      try make().dataset(
        named: name, count: options.count(usually: part == .train ? counts.train : counts.test),
        seed: options.seed, part: part == .train ? .train : .test)
    }
  }

  /// Draws one part.
  ///
  /// - Throws: what the generator throws, such as for a count that is not positive.
  public func load(_ part: DatasetPart, options: LoadOptions) throws -> Dataset {
    try draw(part, options)
  }

  /// The graph that it draws, or nil where it draws examples that stand alone.
  ///
  /// - Throws: what the generator throws.
  public func graph(seed: UInt64 = 0) throws -> Graph? { try drawGraph?(seed) }

  /// The source of a name, or nil.
  public static func named(_ name: String) -> ProceduralSource? {
    proceduralSources.first { $0.name == name }
  }
}
