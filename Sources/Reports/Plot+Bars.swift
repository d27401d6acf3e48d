extension Plot {
  /// Values of named categories, with optional intervals.
  public struct Bars: Sendable, Hashable {
    /// One category.
    public struct Bar: Sendable, Hashable {
      /// The name below the bar.
      public var label: String
      /// The height; nothing is drawn where it is not finite.
      public var value: Double
      /// The lower end of the interval, where there is one.
      public var low: Double?
      /// The upper end of the interval, where there is one.
      public var high: Double?

      /// A bar from its parts.
      public init(_ label: String, value: Double, low: Double? = nil, high: Double? = nil) {
        self.label = label
        self.value = value
        self.low = low
        self.high = high
      }
    }

    /// What the categories are, such as "class".
    public var category: String
    /// The axis of the values.
    public var y: Axis
    /// The bars in order.
    public var bars: [Bar]

    /// A bar plot from its parts.
    public init(category: String, y: Axis, bars: [Bar]) {
      self.category = category
      self.y = y
      self.bars = bars
    }
  }
}
