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
    return try images.classes.enumerated().map { place, person in
      guard let own = members[person] else {
        throw InversionError.tooFew("real images of class \(person)", count: 0, least: 1)
      }
      let others = real.images.selecting(rows: own)
      let image = images.images[place].unsqueezed(0).expanded(others.shape).contiguous()
      let distances = try withoutGradients { try self(image, others) }
      return (identity: person, value: distances.min().item)
    }
  }
}
