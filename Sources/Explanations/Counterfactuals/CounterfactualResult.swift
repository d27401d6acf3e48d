import Torch

/// Counterfactuals of some examples, and whether they are any.
public struct CounterfactualResult: Sendable {
  /// Which examples these are.
  public var indices: [Int]
  /// How far along the way points were taken.
  public var multiples: [Double]
  /// The class that the model gives to each.
  public var from: [Int]
  /// The class to be reached.
  public var to: [Int]
  /// The margin between them at the example, never negative but for a class that was asked for and is there
  /// already (zero).
  public var margins: [Double]
  /// The length of the margin's gradient: 1 for a network that transports.
  public var slopes: [Double]
  /// The Euclidean length of the way to multiple 1: margin over slope.
  public var lengths: [Double]
  /// Points along the way, one entry a multiple.
  public var path: [Measured]
  /// The same points cut to the box, where there is one.
  public var boxed: [Measured]?

  /// Points of all examples at one multiple.
  public struct Measured: Sendable {
    /// The points, `[N, …]`.
    public var points: Tensor
    /// The margin that is left: zero on the boundary, negative beyond.
    public var margins: [Double]
    /// What the model says there.
    public var predicted: [Int]
  }

  /// Which points have another class than the example had, by multiple.
  public func flipped(at multiple: Int, boxed isBoxed: Bool = false) -> [Bool] {
    let measured = isBoxed ? boxed?[multiple] ?? path[multiple] : path[multiple]
    return zip(measured.predicted, from).map { $0 != $1 }
  }

  /// The size of the margin that is left as a share of what it was, by multiple; not a number where there
  /// was none.
  public func residuals(at multiple: Int, boxed isBoxed: Bool = false) -> [Double] {
    let measured = isBoxed ? boxed?[multiple] ?? path[multiple] : path[multiple]
    return zip(measured.margins, margins).map { $1 == 0 ? .nan : abs($0 / $1) }
  }

  static func joined(
    _ parts: [CounterfactualResult], multiples: [Double]
  ) -> CounterfactualResult {
    func joined(_ path: (CounterfactualResult) -> [Measured]?) -> [Measured]? {
      guard parts.allSatisfy({ path($0) != nil }), !parts.isEmpty else { return nil }
      return multiples.indices.map { index in
        let pieces = parts.compactMap { path($0)?[index] }
        return Measured(
          points: .concatenated(pieces.map(\.points)), margins: pieces.flatMap(\.margins),
          predicted: pieces.flatMap(\.predicted))
      }
    }
    return CounterfactualResult(
      indices: parts.flatMap(\.indices), multiples: multiples, from: parts.flatMap(\.from),
      to: parts.flatMap(\.to), margins: parts.flatMap(\.margins), slopes: parts.flatMap(\.slopes),
      lengths: parts.flatMap(\.lengths), path: joined { $0.path } ?? [],
      boxed: joined { $0.boxed })
  }
}
