import Torch

/// Images as rows of numbers whose squared Euclidean distances are perceptual distances, so that many pairs take one pass
/// of the network for each image.
struct PerceptualEmbedding: Sendable {
  private let function: @Sendable (Tensor) throws -> Tensor

  /// An embedding.
  ///
  /// - Parameter function: from images `[N, C, H, W]` to rows `[N, D]`.
  init(_ function: @escaping @Sendable (Tensor) throws -> Tensor) { self.function = function }

  /// The rows of images, `[N, D]`, without history.
  ///
  /// - Throws: what the network throws.
  func callAsFunction(_ images: Tensor, batchSize: Int = 256) throws -> Tensor {
    let parts = try stride(from: 0, to: images.size(0), by: batchSize).map { start in
      let range = start..<min(start + batchSize, images.size(0))
      return try withoutGradients { try function(images[range].contiguous()) }
    }
    return .concatenated(parts)
  }

  /// Which of some images is nearest to each of others.
  func nearest(to images: Tensor, among others: Tensor, batchSize: Int) throws -> [Int] {
    var best = Array(repeating: (distance: Double.infinity, place: 0), count: images.size(0))
    let rows = try self(images)
    for start in stride(from: 0, to: others.size(0), by: batchSize) {
      let theirs = try self(others[start..<min(start + batchSize, others.size(0))])
      // |a - b|² = |a|² - 2 a·b + |b|², of which |a|² is the same for all.
      let distances = theirs.squared().sum(along: 1) - rows.linear(theirs) * 2
      let (least, places) = distances.minWithIndices(along: 1)
      let found = zip(places.values(as: Int.self), least.to(.float64).values(as: Double.self))
      for (index, (place, distance)) in found.enumerated()
      where distance < best[index].distance {
        best[index] = (distance, start + place)
      }
    }
    return best.map(\.place)
  }
}
