import Torch

/// The part of a batch that one of several processes has, and with whom it shares the whole.
///
/// A step over shared batches is the step that one process would make, to rounding: batch normalisation uses the
/// statistics of the whole batch, and dropout draws the rows of the whole batch's mask.
public struct BatchShare: Sendable {
  /// The processes.
  public let group: ProcessGroup
  /// How many examples each of the whole batches has.
  public let totals: [Int]

  /// The number of this process.
  public var rank: Int { group.rank }

  /// The part of some batches, such as one of labelled and one of unlabelled examples.
  ///
  /// - Parameter totals: how many examples each of the whole batches has.
  public init(of totals: [Int], in group: ProcessGroup) {
    self.totals = totals
    self.group = group
  }

  /// The rows of a batch of so many examples that a process has: consecutive ones, as equal in number as may be.
  public static func rows(of total: Int, rank: Int, size: Int) -> Range<Int> {
    rank * total / size..<(rank + 1) * total / size
  }

  /// The rows of a batch of so many examples that this process has.
  public func rows(of total: Int) -> Range<Int> {
    Self.rows(of: total, rank: group.rank, size: group.size)
  }

  /// Where the rows of a tensor with so many of them are in the whole batch; `nil` where it is no part of one.
  func rows(ofCount count: Int) -> (range: Range<Int>, total: Int)? {
    for total in totals {
      let range = rows(of: total)
      if range.count == count { return (range, total) }
    }
    return nil
  }
}
