import Torch

/// A finished recognition model: from images to templates, which are compared by the cosines of the angles
/// between them. What a template audit looks at, from several threads at once.
public protocol TemplateEncoder: Sendable {
  /// What it is called, also in errors.
  var name: String { get }
  /// The shape of one image, `[C, H, W]`.
  var inputShape: [Int] { get }
  /// The number of coordinates of a template, D.
  var templateWidth: Int { get }
  /// The templates `[N, D]` of images `[N, C, H, W]`, with their history where gradients are recorded.
  func templates(of images: Tensor) throws -> Tensor
  /// What tells it from encoders with other weights; equal for equal weights, whatever they are called.
  func fingerprint() throws -> String
}

extension TemplateEncoder {
  /// The templates of many images, without history, checked.
  ///
  /// - Throws: ``InversionError`` for templates of another shape or width, and for ones that are zero or not
  ///   finite; what the encoder throws.
  public func checkedTemplates(of images: Tensor, batchSize: Int = 256) throws -> Tensor {
    guard images.rank > 0, images.size(0) > 0 else {
      throw InversionError.tooFew("images", count: 0, least: 1)
    }
    let count = images.size(0)
    let parts = try stride(from: 0, to: count, by: max(1, batchSize)).map { start in
      try withoutGradients {
        try templates(of: images[start..<min(start + max(1, batchSize), count)].contiguous())
      }
    }
    for part in parts {
      guard part.rank == 2 else {
        throw InversionError.templateShape(
          encoder: name, shape: part.shape, images: images.shape)
      }
      guard part.size(1) == templateWidth else {
        throw InversionError.templateWidth(
          encoder: name, width: part.size(1), expected: templateWidth)
      }
    }
    let all = Tensor.concatenated(parts).detached()
    guard all.size(0) == count else {
      throw InversionError.templateShape(encoder: name, shape: all.shape, images: images.shape)
    }
    try check(all)
    return all
  }

  /// Checks that templates are finite and have a direction.
  ///
  /// - Throws: ``InversionError/notFinite(encoder:index:)``, ``InversionError/zeroTemplate(encoder:index:)``,
  ///   ``InversionError/templateWidth(encoder:width:expected:)``.
  public func check(_ templates: Tensor) throws(InversionError) {
    guard templates.rank == 2, templates.size(1) == templateWidth else {
      throw .templateWidth(
        encoder: name, width: templates.shape.last ?? 0, expected: templateWidth)
    }
    let lengths = templates.detached().to(.float64).norm(along: [1]).values(as: Double.self)
    if let index = lengths.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(encoder: name, index: index)
    }
    if let index = lengths.firstIndex(where: { $0 < 1e-12 }) {
      throw .zeroTemplate(encoder: name, index: index)
    }
  }

  /// Asks twice, and for one image alone, whether the answer stays the same.
  ///
  /// - Parameter images: at least two.
  /// - Throws: ``InversionError/notDeterministic(encoder:difference:)``,
  ///   ``InversionError/dependsOnBatch(encoder:difference:)`` (beyond 1e-3 of a template's length), or as
  ///   ``checkedTemplates(of:batchSize:)``.
  public func checkIsDeterministic(on images: Tensor) throws {
    guard images.rank > 0, images.size(0) >= 2 else {
      throw InversionError.tooFew("images", count: images.rank > 0 ? images.size(0) : 0, least: 2)
    }
    let first = try checkedTemplates(of: images, batchSize: images.size(0))
    let second = try checkedTemplates(of: images, batchSize: images.size(0))
    guard first.isIdentical(to: second) else {
      throw InversionError.notDeterministic(
        encoder: name, difference: (first - second).abs().max().item)
    }
    let alone = try checkedTemplates(of: images[0..<1])
    let change = (alone - first[0..<1]).norm(along: [1]) / first[0..<1].norm(along: [1])
    // Sums may be taken in another order for another batch, which is no more than rounding.
    guard change.item < 1e-3 else {
      throw InversionError.dependsOnBatch(encoder: name, difference: change.item)
    }
  }
}
