import Networks
import Torch

/// Templates that a reconstruction is to be unlike, and whose they are.
public struct Negatives: Sendable {
  /// The templates `[K, D]`.
  public let templates: Tensor
  /// Whose each is, K numbers.
  public let identities: [Int]

  /// Negatives.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``.
  public init(_ templates: Tensor, identities: [Int]) throws(InversionError) {
    guard templates.rank == 2, templates.size(0) == identities.count else {
      throw .counts(
        first: "negatives", count: templates.shape.first ?? 0, second: "identities",
        otherCount: identities.count)
    }
    self.templates = templates.detached()
    self.identities = identities
  }

  /// How many there are, K.
  public var count: Int { identities.count }

  /// Those of both.
  public func joined(with other: Negatives) throws(InversionError) -> Negatives {
    guard count > 0 else { return other }
    guard other.count > 0 else { return self }
    return try Negatives(
      .concatenated([templates, other.templates]), identities: identities + other.identities)
  }

  /// Whether a negative is of an example's own identity, `[B, K]`.
  func isOf(_ others: [Int]) -> Tensor {
    Tensor(others).unsqueezed(1).equal(to: Tensor(identities).unsqueezed(0))
  }

  /// The cosines of templates with their targets, `[B]`, and with the negatives, `[B, K]`; minus infinity for
  /// negatives of the own identity.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/templateWidth(encoder:width:expected:)``.
  func cosines(
    of reconstructions: Tensor, targets: Tensor, identities: [Int]
  ) throws(InversionError) -> (positive: Tensor, others: Tensor) {
    guard reconstructions.shape == targets.shape, reconstructions.rank == 2,
      reconstructions.size(0) == identities.count
    else {
      throw .counts(
        first: "templates", count: reconstructions.shape.first ?? 0, second: "targets",
        otherCount: min(targets.shape.first ?? 0, identities.count))
    }
    guard templates.size(1) == reconstructions.size(1) else {
      throw .templateWidth(
        encoder: "negatives", width: templates.size(1), expected: reconstructions.size(1))
    }
    let units = reconstructions.unitRows()
    let others = units.linear(templates.to(units.dtype).unitRows())
    return (
      (units * targets.unitRows()).sum(along: 1),
      others.filled(where: isOf(identities).to(others.device), with: -.infinity)
    )
  }
}
