import Networks
import Torch

/// What an attack made of templates: images, of which target each is, and how they were chosen.
public struct Reconstructions: Sendable {
  /// How images came to be handed in.
  public enum Selection: Sendable, Equatable, CustomStringConvertible {
    /// All that were made.
    case all
    /// Of several for each target the one whose template is most like the stolen one, by an encoder: part of
    /// the attack, and to be said beside its success.
    case best(of: Int, by: String)

    /// What is said in results.
    public var description: String {
      switch self {
      case .all: "all reconstructions"
      case .best(let count, let encoder): "the best of \(count) by similarity to \(encoder)"
      }
    }
  }

  /// The images `[M, C, H, W]`, in 0...1.
  public let images: Tensor
  /// Of which target each is, M places among the targets.
  public let targets: [Int]
  /// How they were chosen.
  public let selection: Selection

  /// Reconstructions.
  ///
  /// - Parameter targets: of which target each image is; of each its own when `nil`.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``.
  public init(_ images: Tensor, targets: [Int]? = nil) throws(InversionError) {
    let count = images.rank == 4 ? images.size(0) : 0
    try self.init(images, targets: targets ?? Array(0..<count), selection: .all)
  }

  init(_ images: Tensor, targets: [Int], selection: Selection) throws(InversionError) {
    guard images.rank == 4, images.size(0) == targets.count else {
      throw .counts(
        first: "reconstructions", count: images.shape.first ?? 0, second: "targets",
        otherCount: targets.count)
    }
    self.images = images
    self.targets = targets
    self.selection = selection
  }

  /// The reconstruction of each target that is most like the stolen template, and how many there were to
  /// choose from.
  ///
  /// - Parameters:
  ///   - templates: the stolen ones, `[P, D]`.
  ///   - encoder: what makes templates of reconstructions; the attacker must have it.
  /// - Throws: ``InversionError`` when a target has no reconstruction, or targets have different numbers of
  ///   them; what the encoder throws.
  public func best(
    like templates: Tensor, by encoder: any TemplateEncoder
  ) throws -> Reconstructions {
    try encoder.check(templates)
    let groups = Dictionary(grouping: targets.indices, by: { targets[$0] })
    let count = templates.size(0)
    guard Set(groups.keys) == Set(0..<count), let each = groups[0]?.count,
      groups.values.allSatisfy({ $0.count == each })
    else {
      throw InversionError.counts(
        first: "reconstructions", count: targets.count, second: "targets, each with as many",
        otherCount: count)
    }
    let own = try encoder.checkedTemplates(of: images).to(.float64).unitRows()
    let wanted = templates.to(.float64).unitRows().selecting(rows: targets)
    let scores = (own * wanted).sum(along: 1).values(as: Double.self)
    let chosen = (0..<count).map { target in
      // The first of equals, so that the choice does not depend on sorting.
      (groups[target] ?? []).reduce(nil as Int?) { best, place in
        best.map { scores[place] > scores[$0] ? place : $0 } ?? place
      } ?? 0
    }
    return try Reconstructions(
      images.selecting(rows: chosen), targets: Array(0..<count),
      selection: .best(of: each, by: encoder.name))
  }
}
