import Datasets
import Networks
import Statistics
import Torch

extension VerificationScores {
  /// All pairs of embeddings, with the cosines of the angles between them as scores.
  ///
  /// - Parameters:
  ///   - embeddings: `[N, D]`, of any length but zero.
  ///   - identities: whose they are, N numbers.
  /// - Throws: `StatisticsError` when counts differ, a cosine is not a number, or there is no pair of one
  ///   identity or none of two; what libtorch reports.
  public init(embeddings: Tensor, identities: [Int]) throws {
    let count = embeddings.rank == 2 ? embeddings.size(0) : 0
    guard count == identities.count else {
      throw StatisticsError.lengths(
        first: "embeddings", count: count, second: "identities", otherCount: identities.count)
    }
    let cosines = try attempt { () -> [Double] in
      let units = embeddings.detached().to(.float64).unitRows()
      return units.linear(units).values()
    }
    var pairs: [Pair] = []
    pairs.reserveCapacity(count * (count - 1) / 2)
    for first in 0..<count {
      for second in first + 1..<max(count, first + 1) {
        pairs.append(
          Pair(
            score: cosines[first * count + second], first: identities[first],
            second: identities[second]))
      }
    }
    try self.init(pairs)
  }
}

extension Dataset {
  /// What an encoder says of all examples, `[N, D]`.
  ///
  /// - Throws: what libtorch reports.
  func embeddings(by encoder: any Layer, batchSize: Int) throws -> Tensor {
    try attempt {
      withoutGradients {
        Tensor.concatenated(
          stride(from: 0, to: count, by: batchSize).map { start in
            encoder(batch(Array(start..<min(start + batchSize, count))).inputs)
          })
      }
    }
  }
}
