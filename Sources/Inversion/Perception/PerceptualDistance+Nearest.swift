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
    guard let embedding else {
      return try (0..<images.size(0)).map { place in
        let image = images[place].unsqueezed(0).expanded(others.shape).contiguous()
        return try withoutGradients { try self(image, others) }.min().item
      }
    }
    let width = try embedding(images[0..<1]).size(1)
    let count = max(1, min(256, Self.mostNumbers / width))
    return try stride(from: 0, to: images.size(0), by: count).flatMap { start in
      let part = images[start..<min(start + count, images.size(0))].contiguous()
      let chosen = try embedding.nearest(to: part, among: others, batchSize: count)
      return try withoutGradients { try self(part, others.selecting(rows: chosen)) }
        .to(.float64).values(as: Double.self)
    }
  }

  /// How many numbers of rows are held at a time, a quarter of a gigabyte.
  private static let mostNumbers = 1 << 26
}
