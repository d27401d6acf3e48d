import Torch

extension PerceptualDistance {
  /// The distance of each image to the nearest real image of its class.
  ///
  /// - Parameter real: images of all these classes.
  /// - Throws: ``InversionError/tooFew(_:count:least:)`` for a class without a real image; what the network
  ///   throws.
  func nearest(
    _ images: ClassImages, among real: ClassImages
  ) throws -> [(identity: Int, value: Double)] {
    let members = Dictionary(grouping: real.classes.indices) { real.classes[$0] }
    var nearest = Array(repeating: 0.0, count: images.classes.count)
    for (person, places) in Dictionary(grouping: images.classes.indices, by: { images.classes[$0] })
    {
      guard let own = members[person] else {
        throw InversionError.tooFew("real images of class \(person)", count: 0, least: 1)
      }
      let distances = try distances(
        images.images.selecting(rows: places), real.images.selecting(rows: own))
      for (place, distance) in zip(places, distances) { nearest[place] = distance }
    }
    return zip(images.classes, nearest).map { (identity: $0, value: $1) }
  }

  /// The distance of each image to the nearest of some others.
  private func distances(_ images: Tensor, _ others: Tensor) throws -> [Double] {
    guard let width = try rows(of: images[0..<1])?.size(1) else {
      return try (0..<images.size(0)).map { place in
        let image = images[place].unsqueezed(0).expanded(others.shape).contiguous()
        return try withoutGradients { try self(image, others) }.min().item
      }
    }
    let count = max(1, min(256, Self.mostNumbers / width))
    return try stride(from: 0, to: images.size(0), by: count).flatMap { start in
      let part = images[start..<min(start + count, images.size(0))].contiguous()
      let chosen = try nearest(to: part, among: others, batchSize: count)
      return try withoutGradients { try self(part, others.selecting(rows: chosen)) }
        .to(.float64).values(as: Double.self)
    }
  }

  /// How many numbers of rows are held at a time, a quarter of a gigabyte.
  private static let mostNumbers = 1 << 26

  /// Which of some images is nearest to each of others.
  private func nearest(
    to images: Tensor, among others: Tensor, batchSize: Int
  ) throws -> [Int] {
    var best = Array(repeating: (distance: Double.infinity, place: 0), count: images.size(0))
    let rows = try rows(of: images)
    for start in stride(from: 0, to: others.size(0), by: batchSize) {
      let part = others[start..<min(start + batchSize, others.size(0))]
      guard let rows, let theirs = try self.rows(of: part) else { continue }
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
