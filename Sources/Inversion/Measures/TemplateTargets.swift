import Torch

/// Whose templates were stolen, and what else there is of those people to compare reconstructions with.
public struct TemplateTargets: Sendable {
  /// The very images that the templates come from, `[P, C, H, W]`.
  public let images: Tensor
  /// Who is on each, P numbers.
  public let identities: [Int]
  /// Other images of the same people, `[Q, C, H, W]`.
  public let others: Tensor
  /// Who is on each of those, Q numbers.
  public let otherIdentities: [Int]

  /// Targets.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``;
  ///   ``InversionError/tooFew(_:count:least:)`` when there is no other image of a person.
  public init(
    images: Tensor, identities: [Int], others: Tensor, otherIdentities: [Int]
  ) throws(InversionError) {
    for (name, tensor, people) in [
      ("images", images, identities), ("other images", others, otherIdentities),
    ] {
      guard tensor.rank == 4, tensor.size(0) == people.count else {
        throw .counts(
          first: name, count: tensor.shape.first ?? 0, second: "identities",
          otherCount: people.count)
      }
    }
    guard !identities.isEmpty else { throw .tooFew("targets", count: 0, least: 1) }
    if let lonely = Set(identities).subtracting(otherIdentities).min() {
      throw .tooFew("other images of identity \(lonely)", count: 0, least: 1)
    }
    self.images = images
    self.identities = identities
    self.others = others
    self.otherIdentities = otherIdentities
  }

  /// Targets from labelled images: the first of every person is the stolen one, all others are to compare
  /// with.
  ///
  /// - Throws: as the other initialiser, also for a person with one image only.
  public init(images: Tensor, identities: [Int]) throws(InversionError) {
    guard images.rank == 4, images.size(0) == identities.count else {
      throw .counts(
        first: "images", count: images.shape.first ?? 0, second: "identities",
        otherCount: identities.count)
    }
    var seen: Set<Int> = []
    let isFirst = identities.map { seen.insert($0).inserted }
    let first = identities.indices.filter { isFirst[$0] }
    let rest = identities.indices.filter { !isFirst[$0] }
    try self.init(
      images: images.selecting(rows: first), identities: first.map { identities[$0] },
      others: images.selecting(rows: rest), otherIdentities: rest.map { identities[$0] })
  }

  /// The number of stolen templates, P.
  public var count: Int { identities.count }
}
