import Torch

/// How different the reconstructions of one target are from one another: the mean perceptual distance over
/// all pairs of them.
public enum Diversity {
  /// The mean distance of pairs of images `[n, C, H, W]`, at least two.
  ///
  /// - Throws: ``InversionError/tooFew(_:count:least:)``; what the distance throws.
  public static func mean(
    of images: Tensor, by distance: PerceptualDistance, batchSize: Int = 256
  ) throws -> Double {
    let count = images.rank > 0 ? images.size(0) : 0
    guard count >= 2 else {
      throw InversionError.tooFew("reconstructions of one target", count: count, least: 2)
    }
    let pairs = (0..<count).flatMap { first in (first + 1..<count).map { (first, $0) } }
    let rows = try distance.embedding?(images)
    var total = 0.0
    for start in stride(from: 0, to: pairs.count, by: max(1, batchSize)) {
      let part = pairs[start..<min(start + max(1, batchSize), pairs.count)]
      let (first, second) = (part.map(\.0), part.map(\.1))
      total += try withoutGradients {
        if let rows {
          return (rows.selecting(rows: first) - rows.selecting(rows: second)).squared()
            .sum(along: 1).to(.float64).sum().item
        }
        return try distance(images.selecting(rows: first), images.selecting(rows: second))
          .to(.float64).sum().item
      }
    }
    return total / Double(pairs.count)
  }
}
