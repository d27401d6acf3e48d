import Torch

/// Small label sets with the same number of examples of every class, as semi-supervised learning
/// needs them.
public enum ClassSubset {
  /// Draws `perClass` examples of every class.
  ///
  /// Subsets of one seed are nested: the 10 of a class are among its 20. A class's draw does not
  /// depend on the other classes.
  ///
  /// - Parameters:
  ///   - labels: the class of each example.
  ///   - perClass: how many of each, at least 1.
  ///   - classes: the number of classes; those from 0 on must all have enough examples.
  ///   - seed: what the draw depends on.
  /// - Returns: the indices drawn, ascending.
  /// - Throws: `DatasetError` (badSetting) where a class has fewer examples.
  public static func balanced(
    _ labels: [Int], perClass: Int, classes: Int, seed: UInt64
  ) throws -> [Int] {
    guard perClass > 0 else {
      throw DatasetError(
        .badSetting, in: "label subset", "\(perClass) examples a class were asked for",
        remedy: "ask for at least 1")
    }
    let groups = shuffledIndices(of: labels, seed: seed, purpose: "subset.class")
    let found = Dictionary(uniqueKeysWithValues: groups.map { ($0.label, $0.indices) })
    return try (0..<max(0, classes)).flatMap { label in
      let indices = found[label] ?? []
      guard indices.count >= perClass else {
        throw DatasetError(
          .badSetting, in: "label subset",
          "class \(label) has \(indices.count) examples, but \(perClass) were asked for",
          remedy: "ask for fewer examples of each class")
      }
      return indices.prefix(perClass)
    }.sorted()
  }

  /// The indices of each class in a random order of its own, classes ascending.
  static func shuffledIndices(
    of labels: [Int], seed: UInt64, purpose: String
  ) -> [(label: Int, indices: [Int])] {
    let groups = Dictionary(grouping: labels.indices) { labels[$0] }
    return groups.keys.sorted().map { label in
      let index = UInt64(bitPattern: Int64(label))
      var stream = RandomStream(seed: seed, purpose: purpose, index: index)
      return (label, (groups[label] ?? []).shuffled(using: &stream))
    }
  }
}
