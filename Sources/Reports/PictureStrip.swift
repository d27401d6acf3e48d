/// Pictures side by side under one caption, such as an example, its adversarial and their difference.
public struct PictureStrip: Sendable, Hashable {
  /// One picture of the strip.
  public struct Panel: Sendable, Hashable {
    /// The words below it, such as "adversarial: cat, 98%".
    public var label: String
    /// The picture.
    public var bitmap: Bitmap

    /// A panel from its parts.
    public init(_ label: String, _ bitmap: Bitmap) {
      self.label = label
      self.bitmap = bitmap
    }
  }

  /// What the strip shows.
  public var caption: String
  /// The pictures from left to right.
  public var panels: [Panel]

  /// A strip from its parts.
  public init(caption: String, panels: [Panel]) {
    self.caption = caption
    self.panels = panels
  }

  /// An example, its adversarial, and their difference magnified about mid-grey.
  ///
  /// The factor is the largest of 1, 2, 5, 10, ... 1000 at which the difference still fits, and is
  /// stated below the picture.
  ///
  /// - Parameters:
  ///   - caption: what is shown.
  ///   - original: the values of the example in 0...1 as (channels, height, width), with a label.
  ///   - adversarial: those of the changed example, with a label.
  ///   - shape: channels (1 or 3), height and width.
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public static func adversarial(
    caption: String, original: (values: [Float], label: String),
    adversarial: (values: [Float], label: String),
    shape: (channels: Int, height: Int, width: Int)
  ) throws(BitmapError) -> PictureStrip {
    guard original.values.count == adversarial.values.count else {
      throw .sizes(
        first: "\(original.values.count)", second: "\(adversarial.values.count)")
    }
    let difference = zip(original.values, adversarial.values).map { $1 - $0 }
    return PictureStrip(
      caption: caption,
      panels: [
        Panel(original.label, try bitmap(original.values, shape)),
        Panel(adversarial.label, try bitmap(adversarial.values, shape)),
        try magnified(difference, label: "difference", shape),
      ])
  }

  /// An example beside perturbations of it, magnified until they can be seen, around grey.
  ///
  /// - Parameters:
  ///   - caption: what is shown.
  ///   - original: the values of the example in 0...1 as (channels, height, width), with a label.
  ///   - perturbations: values that are added to it, each with a label.
  ///   - shape: channels (1 or 3), height and width.
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public static func perturbations(
    caption: String, original: (values: [Float], label: String),
    perturbations: [(values: [Float], label: String)],
    shape: (channels: Int, height: Int, width: Int)
  ) throws(BitmapError) -> PictureStrip {
    var panels = [Panel(original.label, try bitmap(original.values, shape))]
    for perturbation in perturbations {
      panels.append(try magnified(perturbation.values, label: perturbation.label, shape))
    }
    return PictureStrip(caption: caption, panels: panels)
  }

  private static func magnified(
    _ difference: [Float], label: String, _ shape: (channels: Int, height: Int, width: Int)
  ) throws(BitmapError) -> Panel {
    let largest = difference.lazy.filter(\.isFinite).map(abs).max() ?? 0
    let factors: [Float] = [1000, 500, 200, 100, 50, 20, 10, 5, 2]
    let factor = factors.first { $0 * largest <= 1.0001 } ?? 1
    return Panel(
      largest == 0 ? "no \(label)" : "\(label), magnified \(Int(factor)) times",
      try bitmap(difference.map { 0.5 + 0.5 * factor * $0 }, shape))
  }

  private static func bitmap(
    _ values: [Float], _ shape: (channels: Int, height: Int, width: Int)
  ) throws(BitmapError) -> Bitmap {
    try Bitmap(
      channelsFirst: values, channels: shape.channels, height: shape.height, width: shape.width)
  }
}
