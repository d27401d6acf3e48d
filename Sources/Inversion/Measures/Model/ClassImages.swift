import Datasets
import Networks
import Torch

/// Images and the class of a classifier that each shows, or is meant to show: reconstructions, look-alikes,
/// real images. The classes of an audit are people.
public struct ClassImages: Sendable {
  /// The images `[M, C, H, W]`, in 0...1.
  public let images: Tensor
  /// The class of each, M numbers.
  public let classes: [Int]

  /// Images with their classes.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/tooFew(_:count:least:)`` for none, ``InversionError/setting(name:value:allowed:)`` for
  ///   a negative class.
  public init(_ images: Tensor, classes: [Int]) throws(InversionError) {
    let count = images.rank == 4 ? images.size(0) : 0
    guard images.rank == 4, count == classes.count else {
      throw .counts(
        first: "images", count: count, second: "classes", otherCount: classes.count)
    }
    guard count > 0 else { throw .tooFew("images", count: 0, least: 1) }
    if let negative = classes.first(where: { $0 < 0 }) {
      throw .setting(name: "class", value: "\(negative)", allowed: "at least 0")
    }
    self.images = images
    self.classes = classes
  }

  /// The images of a data set with their labels.
  ///
  /// - Throws: as the other initialiser, for data that are no images.
  public init(_ data: Dataset) throws(InversionError) {
    let all = data.batch(Array(0..<data.count))
    try self.init(all.inputs, classes: data.labelValues)
  }

  /// The number of images, M.
  public var count: Int { classes.count }

  /// Public images that a target takes for its classes: of each class those to which it gives the highest
  /// probability, best first. The cheapest attack, which makes nothing, and the line that others have to be
  /// above.
  ///
  /// - Parameters:
  ///   - classes: those that are attacked.
  ///   - images: public, `[N, C, H, W]`; one may be chosen for several classes.
  ///   - count: how many of each class, at most N.
  /// - Throws: ``InversionError`` for classes that the target does not have, what it throws.
  public static func lookAlikes(
    of classes: [Int], among images: Tensor, by target: any Classifier, count: Int
  ) throws -> ClassImages {
    let chosen = try lookAlikePlaces(of: classes, among: images, by: target, count: count)
    return try ClassImages(
      images.selecting(rows: chosen.flatMap(\.self)),
      classes: classes.flatMap { Array(repeating: $0, count: count) })
  }

  /// The places of these images among the public ones, for each class its own, best first.
  ///
  /// - Throws: as ``lookAlikes(of:among:by:count:)``.
  public static func lookAlikePlaces(
    of classes: [Int], among images: Tensor, by target: any Classifier, count: Int
  ) throws -> [[Int]] {
    guard images.rank == 4, count >= 1, images.size(0) >= count else {
      throw InversionError.tooFew(
        "public images", count: images.shape.first ?? 0, least: max(1, count))
    }
    let scores = try target.checkedLogits(of: images).logSoftmax(along: 1)
    try target.check(classes)
    let best = scores.top(count, along: 0).indices.transposed().contiguous()
      .values(as: Int.self)
    return classes.map { Array(best[$0 * count..<($0 + 1) * count]) }
  }

  /// Public images at random: what is reached without any leak.
  ///
  /// - Throws: ``InversionError/tooFew(_:count:least:)``.
  public static func random(
    for classes: [Int], among images: Tensor, count: Int, seed: UInt64
  ) throws(InversionError) -> ClassImages {
    guard images.rank == 4, count >= 1, images.size(0) >= count else {
      throw .tooFew("public images", count: images.shape.first ?? 0, least: max(1, count))
    }
    let chosen = classes.flatMap { place in
      var stream = RandomStream(
        seed: seed, purpose: "inversion.random", index: UInt64(bitPattern: Int64(place)))
      return stream.permutation(of: images.size(0)).prefix(count)
    }
    return try ClassImages(
      images.selecting(rows: chosen),
      classes: classes.flatMap { Array(repeating: $0, count: count) })
  }
}

extension Classifier {
  /// The logits of many images, float64, without history.
  func checkedLogits(of images: Tensor, batchSize: Int = 256) throws -> Tensor {
    let parts = try stride(from: 0, to: images.size(0), by: max(1, batchSize)).map { start in
      try withoutGradients {
        try logits(images[start..<min(start + batchSize, images.size(0))].contiguous())
      }
    }
    let all = Tensor.concatenated(parts).detached().to(.float64)
    guard all.rank == 2, all.size(0) == images.size(0), all.size(1) == classCount else {
      throw InversionError.templateShape(
        encoder: "the classifier", shape: all.shape, images: images.shape)
    }
    return all
  }

  /// Checks that there are such classes.
  func check(_ classes: [Int]) throws(InversionError) {
    if let other = classes.first(where: { !(0..<classCount ~= $0) }) {
      throw .setting(name: "class", value: "\(other)", allowed: "from 0 to \(classCount - 1)")
    }
  }
}
