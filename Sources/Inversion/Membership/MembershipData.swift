import Datasets
import Torch

/// The examples that a model learns from, and others of the same distribution that it has never seen.
public struct MembershipData: Sendable {
  /// What it learns from.
  public let members: Dataset
  /// What it does not.
  public let others: Dataset

  /// Draws members and others from the training part of some data, or from all of data without parts.
  ///
  /// - Throws: why the data cannot be read; ``InversionError/tooFew(_:count:least:)``.
  public init(_ settings: MembershipRecipe.Data) throws {
    let source = try DatasetSource(settings.source)
    let seed = settings.drawSeed ?? 0
    let all = try source.load(
      source.parts == [.all] ? .all : .train,
      options: LoadOptions(seed: seed, classes: settings.classes, side: settings.side))
    let (members, others) = (settings.members, settings.others ?? settings.members)
    guard members + others <= all.count else {
      throw InversionError.tooFew(
        "examples of \(all.name)", count: all.count, least: members + others)
    }
    var stream = RandomStream(seed: seed, purpose: "membership.draw")
    let order = stream.permutation(of: all.count)
    self.members = try all.subset(order.prefix(members).sorted())
    self.others = try all.subset(order.dropFirst(members).prefix(others).sorted())
  }
}
