import Datasets
import Networks
import Torch

/// The Kantorovich-Rubinstein objective on some data: how far apart a network puts the classes, which for
/// a 1-Lipschitz network is at most their Wasserstein-1 distance (``SignedScores``).
public struct TransportDistance: Measure {
  private let batchSize: Int

  /// A measure.
  public init(batchSize: Int = 500) { self.batchSize = max(1, batchSize) }

  /// `kr`.
  public var name: String { "kr" }
  /// None.
  public var radii: [Double] { [] }
  /// What it is.
  public var title: String { "Kantorovich-Rubinstein distance of the classes" }
  /// The unit of the inputs.
  public var unit: String { "" }
  /// Neither, strictly; far apart is robust.
  public var isLowerBetter: Bool { false }
  /// How it is measured.
  public var method: String {
    "The mean score on a class's own side minus that on the other, averaged over the classes."
  }

  /// Each example's part: numbers whose mean is the objective on all of the data.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    // An example weighs by how frequent its side is in all of the data, not in its batch.
    let counts = data.classCounts.map(Double.init)
    let total = Double(data.count)
    let isPair = data.targets == nil && counts.count == 2
    let own = (isPair ? [counts[1]] : counts).map { total / max($0, 1) }
    let other = (isPair ? [counts[1]] : counts).map { total / max(total - $0, 1) }
    let (up, down) = (Tensor(own), Tensor(other))
    return try data.mapBatches(of: batchSize) { batch in
      let functions = SignedScores(model(batch.inputs), of: batch)
      let isOwn = (functions.signs.to(.float64) + 1) * 0.5
      let weights = isOwn * up - (1 - isOwn) * down
      return (functions.scores.to(.float64) * weights).mean(along: 1)
    }
  }
}
