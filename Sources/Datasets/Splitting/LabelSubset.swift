import Torch

/// Small sets of examples that keep their labels, where an example can have several.
public enum LabelSubset {
  /// Draws examples at random, all equally likely: with several labels an example there is no set that
  /// has as many of each.
  ///
  /// Subsets of one seed are nested: the first 10 are among the first 20.
  ///
  /// - Parameters:
  ///   - targets: which labels each example has, `[N, K]`, zeros and ones.
  ///   - count: how many examples, at least 1.
  ///   - names: the names of the K labels, for errors.
  ///   - seed: what the draw depends on.
  /// - Returns: the indices drawn, ascending.
  /// - Throws: `DatasetError` (badSetting) where there are not as many examples, or where no drawn
  ///   example has a label, so that it could not be learned.
  public static func drawn(
    _ count: Int, of targets: Tensor, names: [String], seed: UInt64
  ) throws -> [Int] {
    let place = "label subset"
    guard 1...targets.size(0) ~= count else {
      throw DatasetError(
        .badSetting, in: place, "\(count) of \(targets.size(0)) examples were asked for",
        remedy: "ask for at least 1 and at most as many as there are")
    }
    var stream = RandomStream(seed: seed, purpose: "subset.labels")
    let chosen = stream.permutation(of: targets.size(0)).prefix(count).sorted()
    let counts = targets.selecting(rows: chosen).sum(along: 0).values(as: Double.self)
    if let missing = zip(names, counts).first(where: { $0.1 == 0 }) {
      throw DatasetError(
        .badSetting, in: place, "none of the \(count) examples drawn has the label \(missing.0)",
        remedy: "ask for more examples, or draw with another seed")
    }
    return chosen
  }
}
