import Foundation

/// What became of every example of a run for one finding: what paired comparisons of two runs are made of.
///
/// An example may be an image that was recognised or not, one bit, or a person with a mean of his own.
public struct Outcomes: Sendable, Hashable, Codable {
  /// The value of each example, in an order that is the same for runs on the same data.
  public let values: [Double]
  /// A digest of which examples they are, or of a list that these are the first of; `nil` where nobody noted it.
  public let examples: String?

  /// Values of examples.
  ///
  /// - Parameter examples: a digest of which examples they are, or of a list that these are the first of.
  public init(_ values: [Double], of examples: String? = nil) {
    self.values = values
    self.examples = examples
  }

  /// Whether each example counts, as 1 and 0.
  public init(_ values: [Bool], of examples: String? = nil) {
    self.init(values.map { $0 ? 1 : 0 }, of: examples)
  }

  /// Whether both are of the same examples, so that they can be compared one by one.
  ///
  /// What was recorded before examples were noted counts as the same where there are as many.
  public func areOfSameExamples(as other: Outcomes) -> Bool {
    guard values.count == other.values.count else { return false }
    guard let examples, let others = other.examples else { return true }
    return examples == others
  }

  /// Whether each example counts; `nil` when there are other values than 0 and 1.
  public var bits: [Bool]? {
    values.allSatisfy { $0 == 0 || $0 == 1 } ? values.map { $0 == 1 } : nil
  }

  /// Outcomes from what ``packed`` gave; `nil` when the number of bytes is that of no such list.
  init?(packed: Data, count: Int, of examples: String?) {
    guard count >= 0 else { return nil }
    self.examples = examples
    let bytes = [UInt8](packed)
    if bytes.count == (count + 7) / 8 {
      values = (0..<count).map { bytes[$0 / 8] & 1 << ($0 % 8) != 0 ? 1 : 0 }
    } else if bytes.count == 8 * count {
      values = (0..<count).map { place in
        let pattern = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[8 * place + $1]) << (8 * $1) }
        return Double(bitPattern: pattern)
      }
    } else {
      return nil
    }
  }

  /// Eight bits a byte, the first in the lowest; other values as eight bytes each, the lowest first.
  var packed: Data {
    guard let bits else {
      return Data(
        values.flatMap { value in
          (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        })
    }
    var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, value) in bits.enumerated() where value { bytes[index / 8] |= 1 << (index % 8) }
    return Data(bytes)
  }
}
