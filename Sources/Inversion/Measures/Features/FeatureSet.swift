import Networks
import Torch

/// Features of images and whose images they are: what distances between distributions are computed on.
///
/// A number of such a distance means nothing without the features it was computed on, so they have a name.
public struct FeatureSet: Sendable {
  /// What computed the features, for results.
  public let name: String
  /// One row of features an image, `[N, D]`, float64, without history.
  public let rows: Tensor
  /// Whose each image is, N numbers.
  public let identities: [Int]

  /// Features.
  ///
  /// - Parameters:
  ///   - rows: `[N, D]`, at least two images.
  ///   - identities: whose each image is; of each its own when `nil`.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/tooFew(_:count:least:)``, ``InversionError/notFinite(encoder:index:)``.
  public init(
    name: String, rows: Tensor, identities: [Int]? = nil
  ) throws(InversionError) {
    let count = rows.rank == 2 ? rows.size(0) : 0
    let identities = identities ?? Array(0..<count)
    guard rows.rank == 2, count == identities.count else {
      throw .counts(
        first: "rows of features", count: count, second: "identities",
        otherCount: identities.count)
    }
    guard count >= 2, rows.size(1) > 0 else {
      throw .tooFew("images with features", count: rows.size(1) > 0 ? count : 0, least: 2)
    }
    let wide = rows.detached().to(.float64).contiguous()
    let isFinite = wide.isFinite.all(along: 1).values(as: Bool.self)
    if let index = isFinite.firstIndex(of: false) {
      throw .notFinite(encoder: name, index: index)
    }
    self.name = name
    self.rows = wide
    self.identities = identities
  }

  /// The templates of images by an encoder, such as one that was trained on public people alone; of
  /// length 1, so that squared distances are `2 (1 - cos)`.
  ///
  /// - Throws: ``InversionError``, what the encoder throws.
  public init(of images: ClassImages, by encoder: any TemplateEncoder) throws {
    let templates = try encoder.checkedTemplates(of: images.images).to(.float64).unitRows()
    try self.init(
      name: "templates of \(encoder.name)", rows: templates, identities: images.classes)
  }

  /// The number of images, N.
  public var count: Int { identities.count }
  /// The number of features, D.
  public var width: Int { rows.size(1) }

  /// Checks that another set is of the same features.
  func check(_ other: FeatureSet) throws(InversionError) {
    guard width == other.width else {
      throw .templateWidth(encoder: other.name, width: other.width, expected: width)
    }
    guard name == other.name else {
      throw .setting(name: "the features", value: other.name, allowed: "those of \(name)")
    }
  }

  /// For every image of `groups` columns one where it is of that identity, `[N, G]`.
  func members(of groups: [Int]) -> Tensor {
    let places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
    return Tensor(identities.map { places[$0] ?? 0 }).oneHot(classCount: groups.count)
      .to(.float64)
  }
}

extension Tensor {
  /// The squared Euclidean distances of the rows of two matrices, `[N, M]`, never below 0.
  func squaredDistances(to other: Tensor) -> Tensor {
    // Around the mean products are small, and less is lost when they are taken from one another.
    let centre = other.mean(along: [0], keepingDimensions: true)
    let (left, right) = (self - centre, other - centre)
    let own = left.squared().sum(along: [1], keepingDimensions: true)
    let others = right.squared().sum(along: 1)
    return (own + others - 2 * left.matmul(right.transposed())).clamped(to: 0...)
  }
}
