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
  ///
  /// Adding a number to a function changes no distance; functions are centred between the means of their
  /// two sides, where parts vary least.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    let rows = stride(from: 0, to: data.count, by: batchSize).map { start in
      data.batch(Array(start..<min(start + batchSize, data.count)))
    }
    return try attempt {
      withoutGradients {
        let functions = rows.map { SignedScores(model($0.inputs).classLogits(2), of: $0) }
        let scores = Tensor.concatenated(functions.map { $0.scores.to(.float64) })
        let isOwn = (Tensor.concatenated(functions.map { $0.signs.to(.float64) }) + 1) * 0.5
        let isOther = 1 - isOwn
        // An example weighs by how frequent its side is in all of the data, not in its batch.
        let shares = [isOwn, isOther].map {
          $0.mean(along: 0).clamped(to: (0.5 / Double(data.count))...)
        }
        let means = zip([isOwn, isOther], shares).map { (scores * $0).mean(along: 0) / $1 }
        let centred = scores - (means[0] + means[1]) * 0.5
        let weights = isOwn / shares[0] - isOther / shares[1]
        return (centred * weights).mean(along: 1).values(as: Double.self)
      }
    }
  }
}
