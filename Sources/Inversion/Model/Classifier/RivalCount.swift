/// With how many of the other classes' logits that of the wanted class is compared: the k of a top-k loss.
public enum RivalCount: Sendable, Equatable {
  /// The same for any number of classes; Diff-MI takes 20 of 1000.
  case fixed(Int)
  /// `min(max(⌊C / 20⌋, 1), min(5, C - 1))`: 1 of 2 and of 10 classes, 5 of 100 and of 1000.
  case adaptive
  /// `max(2, min(5, ⌊C / 20⌋))`, as the note prints it. It is 2 for 10 classes, where the note's own table has 1,
  /// and for 2 classes, where there is one rival only: refused there.
  case asPrinted

  /// What it is called in results.
  public var name: String {
    switch self {
    case .fixed(let count): "\(count)"
    case .adaptive: "adaptive"
    case .asPrinted: "as printed"
    }
  }

  /// How many there are of so many classes.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for none, or for more than there are rivals.
  public func count(ofClasses classes: Int) throws(InversionError) -> Int {
    guard classes >= 2 else { throw .tooFew("classes", count: classes, least: 2) }
    let count =
      switch self {
      case .fixed(let count): count
      case .adaptive: min(max(classes / 20, 1), min(5, classes - 1))
      case .asPrinted: max(2, min(5, classes / 20))
      }
    guard 1..<classes ~= count else {
      throw .setting(
        name: "k", value: "\(count)", allowed: "from 1 to \(classes - 1), the number of rivals")
    }
    return count
  }
}
