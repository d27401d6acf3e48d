import Foundation

/// What became of every example, one bit each: what paired comparisons of two runs are made of.
public struct Outcomes: Sendable, Hashable {
  /// Whether each example counts, in the order of the data.
  public let values: [Bool]

  /// Outcomes from their values.
  public init(_ values: [Bool]) { self.values = values }

  /// Outcomes from what ``packed`` gave; `nil` when there are too few bytes.
  init?(packed: Data, count: Int) {
    guard count >= 0, packed.count == (count + 7) / 8 else { return nil }
    let bytes = [UInt8](packed)
    values = (0..<count).map { bytes[$0 / 8] & 1 << ($0 % 8) != 0 }
  }

  /// Eight outcomes a byte, the first in the lowest bit.
  var packed: Data {
    var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
    for (index, value) in values.enumerated() where value { bytes[index / 8] |= 1 << (index % 8) }
    return Data(bytes)
  }
}
