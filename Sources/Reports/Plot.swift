/// A picture of numbers, as a value: it renders to SVG, to a plotly figure and to a table.
public struct Plot: Sendable, Hashable {
  /// What is drawn.
  public enum Content: Sendable, Hashable {
    /// Curves over a common axis, with bands.
    case lines(Lines)
    /// Counts over bins of one quantity.
    case histogram(Histogram)
    /// Values of named categories.
    case bars(Bars)
    /// Values of a grid, such as a confusion matrix.
    case heatmap(Heatmap)
    /// What a classifier says about the points of a plane.
    case plane(Plane)
    /// A small grey picture.
    case picture(Picture)
    /// Plots that a slider moves through.
    case slides(Slides)
  }

  /// The heading.
  public var title: String
  /// One or two sentences on how to read it; also its text alternative.
  public var caption: String
  /// What is drawn.
  public var content: Content

  /// A plot from its parts.
  public init(title: String, caption: String, content: Content) {
    self.title = title
    self.caption = caption
    self.content = content
  }

  /// The scale of a horizontal or vertical direction.
  public struct Axis: Sendable, Hashable {
    /// How the numbers are written.
    public enum Format: String, Sendable, Hashable {
      /// As they are.
      case number
      /// Shares as percentages.
      case percent
    }

    /// What is measured, with its unit.
    public var title: String
    /// The range that is shown, or nil to fit the data.
    public var range: ClosedRange<Double>?
    /// How the numbers are written.
    public var format: Format

    /// An axis from its parts.
    public init(_ title: String, range: ClosedRange<Double>? = nil, format: Format = .number) {
      self.title = title
      self.range = range
      self.format = format
    }

    func text(_ value: Double) -> String {
      format == .percent ? NumberText.percent(value) : NumberText.short(value)
    }
  }
}
