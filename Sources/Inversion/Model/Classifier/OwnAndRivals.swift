import Torch

/// What a classifier says of the wanted classes, and of all others.
struct OwnAndRivals {
  /// The scores of the wanted classes, `[B]`.
  let own: Tensor
  /// The scores `[B, C]`, those of the wanted classes at minus infinity.
  let rivals: Tensor

  /// - Throws: ``InversionError`` unless there is one class of at least two for each row of scores.
  init(_ scores: Tensor, labels: Tensor) throws(InversionError) {
    guard scores.rank == 2, labels.rank == 1, scores.size(0) == labels.size(0) else {
      throw .counts(
        first: "rows of scores", count: scores.shape.first ?? 0, second: "classes",
        otherCount: labels.shape.first ?? 0)
    }
    let classes = scores.size(1)
    guard classes >= 2 else { throw .tooFew("classes", count: classes, least: 2) }
    let wanted = labels.values(as: Int.self)
    if let other = wanted.first(where: { !(0..<classes ~= $0) }) {
      throw .setting(name: "class", value: "\(other)", allowed: "from 0 to \(classes - 1)")
    }
    let column = Tensor(wanted).to(scores.device).unsqueezed(1)
    own = scores.gathering(column, along: 1).squeezed(1)
    let isOwn = column.equal(to: Tensor(Array(0..<classes)).to(scores.device).unsqueezed(0))
    rivals = scores.filled(where: isOwn, with: -.infinity)
  }
}
