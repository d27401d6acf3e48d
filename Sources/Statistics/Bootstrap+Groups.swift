extension Bootstrap {
  /// The interval of the mean of all numbers when they come in groups, such as the pictures of each
  /// of some people: whole groups are drawn, since numbers of one group resemble each other.
  ///
  /// - Parameter groups: the numbers of each unit; units without numbers are left out.
  /// - Throws: `StatisticsError` for no numbers, numbers that are not finite, or settings that are out
  ///   of range.
  public func mean(
    ofGroups groups: [[Double]], using generator: inout some RandomNumberGenerator
  ) throws(StatisticsError) -> Interval {
    let units = groups.filter { !$0.isEmpty }.map(Group.init)
    return try interval(of: "mean", over: units, using: &generator) { units in
      var total = Group(sum: 0, count: 0)
      for unit in units {
        total.sum += unit.sum
        total.count += unit.count
      }
      return total.sum / total.count
    }
  }

  /// What the mean needs to know of a group.
  private struct Group {
    var sum: Double
    var count: Double

    init(sum: Double, count: Double) {
      self.sum = sum
      self.count = count
    }

    init(_ values: [Double]) {
      self.init(sum: values.reduce(0, +), count: Double(values.count))
    }
  }
}
