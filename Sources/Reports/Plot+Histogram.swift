extension Plot {
  /// How often the values of one quantity fall into neighbouring bins.
  public struct Histogram: Sendable, Hashable {
    /// The counts of one group of values.
    public struct Group: Sendable, Hashable {
      /// The name in the legend.
      public var name: String
      /// One count per bin.
      public var counts: [Int]

      /// A group from its parts.
      public init(_ name: String, counts: [Int]) {
        self.name = name
        self.counts = counts
      }
    }

    /// The axis of the quantity.
    public var x: Axis
    /// What is counted, such as "examples".
    public var counted: String
    /// The ends of the bins, ascending; one more than there are bins.
    public var edges: [Double]
    /// The groups, at most three to stay readable.
    public var groups: [Group]

    /// A histogram of counts that are already there.
    public init(x: Axis, counted: String, edges: [Double], groups: [Group]) {
      self.x = x
      self.counted = counted
      self.edges = edges
      self.groups = groups
    }

    /// A histogram of named lists of values over bins of equal width.
    ///
    /// - Parameters:
    ///   - x: the axis; its range, where there is one, is what the bins divide.
    ///   - counted: what is counted.
    ///   - bins: how many bins, at least 1.
    ///   - groups: values by name; those that are not finite or out of range are left out.
    public init(
      x: Axis, counted: String, bins: Int = 30, values groups: [(name: String, values: [Double])]
    ) {
      let count = max(1, bins)
      let finite = groups.flatMap(\.values).filter(\.isFinite)
      var low = x.range?.lowerBound ?? finite.min() ?? 0
      var high = x.range?.upperBound ?? finite.max() ?? 1
      if low == high { (low, high) = (low - 0.5, high + 0.5) }
      let width = (high - low) / Double(count)
      var edges = (0..<count).map { low + Double($0) * width }
      edges.append(high)
      self.init(
        x: x, counted: counted, edges: edges,
        groups: groups.map { group in
          var counts = [Int](repeating: 0, count: count)
          for value in group.values where value >= low && value <= high {
            let place = (value - low) / width
            if place.isFinite { counts[min(Int(place), count - 1)] += 1 }
          }
          return Group(group.name, counts: counts)
        })
    }
  }
}
