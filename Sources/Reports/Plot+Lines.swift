extension Plot {
  /// Curves, each with an optional band of uncertainty.
  public struct Lines: Sendable, Hashable {
    /// The horizontal axis.
    public var x: Axis
    /// The vertical axis.
    public var y: Axis
    /// The curves, at most six in colours to stay readable.
    public var series: [Series]

    /// A line plot from its parts.
    public init(x: Axis, y: Axis, series: [Series]) {
      self.x = x
      self.y = y
      self.series = series
    }
  }

  /// One curve.
  public struct Series: Sendable, Hashable {
    /// A place on a curve, with its interval.
    public struct Point: Sendable, Hashable {
      /// The horizontal place.
      public var x: Double
      /// The value; the curve has a gap where it is not finite.
      public var y: Double
      /// The lower end of the band here, where there is one.
      public var low: Double?
      /// The upper end of the band here, where there is one.
      public var high: Double?

      /// A point from its parts.
      public init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
        self.x = x
        self.y = y
        self.low = low
        self.high = high
      }
    }

    /// How a curve is drawn.
    public enum Style: String, Sendable, Hashable {
      /// A line with a mark at each point.
      case marked
      /// Marks without a line, for places.
      case points
      /// A line without marks, for many points.
      case plain
      /// A thin dashed grey line, for what the others are compared with.
      case reference
      /// A thick line in the colour of text, for what no other curve can cross.
      case bound

      /// Whether the curve takes one of the colours.
      var isColoured: Bool { self == .marked || self == .points || self == .plain }
    }

    /// The name in the legend.
    public var name: String
    /// The points in the order in which a line goes through them; of a curve with a band by ascending x.
    public var points: [Point]
    /// How it is drawn.
    public var style: Style

    /// A curve from its parts.
    public init(_ name: String, points: [Point], style: Style = .marked) {
      self.name = name
      self.points = points
      self.style = style
    }
  }
}
