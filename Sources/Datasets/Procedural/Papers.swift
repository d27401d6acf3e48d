import Torch

/// A small graph of papers that cite each other, drawn from a stochastic block model: papers of one
/// field cite each other more often, and share more words, than those of different fields.
///
/// It stands in for citation graphs such as Cora where no file is wanted.
public struct Papers: Sendable {
  /// "papers".
  public static let name = "papers"

  /// The number of fields, which are the classes.
  public static let classes = 3
  private static let papersPerClass = 60
  private static let wordsPerClass = 20
  private static let wordsPerPaper = 8
  /// The share of a paper's words that are its field's own.
  private static let topicShare = 0.4
  private static let citedInside = 0.06
  private static let citedOutside = 0.006

  /// Draws the graph: 180 papers of 3 fields with 60 words, of which 5 a field are for training, 15
  /// for validation and 20 for testing.
  ///
  /// - Parameter seed: what it depends on; other seeds give independent graphs.
  /// - Throws: nothing that depends on the seed.
  public static func graph(seed: UInt64 = 0) throws -> Graph {
    let count = classes * papersPerClass
    let labels = (0..<count).map { $0 % classes }
    let width = classes * wordsPerClass
    var features = [Float](repeating: 0, count: count * width)
    var edges: [Graph.Edge] = []
    for node in 0..<count {
      var stream = RandomStream(seed: seed, purpose: "\(name).paper", index: UInt64(node))
      for _ in 0..<wordsPerPaper {
        let isTopic = stream.uniform() < topicShare
        let word =
          isTopic
          ? labels[node] * wordsPerClass + Int.random(in: 0..<wordsPerClass, using: &stream)
          : Int.random(in: 0..<width, using: &stream)
        features[node * width + word] = 1
      }
      for other in 0..<node {
        let chance = labels[node] == labels[other] ? citedInside : citedOutside
        if stream.uniform() < chance { edges.append(Graph.Edge(node, other)) }
      }
    }
    return try Graph(
      name: name, features: Tensor(features, shape: [count, width]), edges: edges, labels: labels,
      classNames: (0..<classes).map { "field \($0)" },
      split: [
        .train: Array(0..<5 * classes), .validation: Array(5 * classes..<20 * classes),
        .test: Array(20 * classes..<40 * classes),
      ])
  }
}
