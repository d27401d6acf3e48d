/// Maps of numbers as pictures: red speaks for, blue against, white says nothing.
public enum HeatMap {
  private static let positive: (Float, Float, Float) = (0.70, 0.06, 0.13)
  private static let negative: (Float, Float, Float) = (0.10, 0.36, 0.68)

  /// A map by itself.
  ///
  /// - Parameters:
  ///   - values: rows from the top; scaled so that the largest size has the full colour. What is not a
  ///     number stays white.
  ///   - enlargement: how many pixels a value is wide and high.
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public static func picture(
    _ values: [Float], height: Int, width: Int, enlargement: Int = 1
  ) throws(BitmapError) -> Bitmap {
    try picture(
      values, over: Array(repeating: 1, count: values.count), channels: 1, height: height,
      width: width, enlargement: enlargement)
  }

  /// A map laid over the picture that it explains, which is shown in grey at half its strength.
  ///
  /// - Parameters:
  ///   - values: rows from the top.
  ///   - picture: the values in 0...1 as (channels, height, width).
  ///   - channels: of the picture.
  /// - Throws: `BitmapError` when the sizes do not fit together.
  public static func overlay(
    _ values: [Float], on picture: [Float], channels: Int, height: Int, width: Int,
    enlargement: Int = 1
  ) throws(BitmapError) -> Bitmap {
    let pale = picture.map { 0.45 + 0.55 * min(max($0.isNaN ? 0 : $0, 0), 1) }
    return try self.picture(
      values, over: pale, channels: channels, height: height, width: width,
      enlargement: enlargement)
  }

  private static func picture(
    _ values: [Float], over ground: [Float], channels: Int, height: Int, width: Int,
    enlargement: Int
  ) throws(BitmapError) -> Bitmap {
    let area = height * width
    guard values.count == area, ground.count == channels * area, channels >= 1, enlargement >= 1
    else {
      throw .shape(width: width, height: height, channels: channels, count: ground.count)
    }
    let largest = values.lazy.filter(\.isFinite).map(abs).max() ?? 0
    let side = enlargement
    var pixels = [Float](repeating: 0, count: 3 * area * side * side)
    for row in 0..<height * side {
      for column in 0..<width * side {
        let place = row / side * width + column / side
        let grey = (0..<channels).reduce(Float(0)) { $0 + ground[$1 * area + place] }
        let (share, colour) = tint(values[place], largest)
        for (channel, part) in [colour.0, colour.1, colour.2].enumerated() {
          pixels[(channel * height * side + row) * width * side + column] =
            (1 - share) * grey / Float(channels) + share * part
        }
      }
    }
    return try Bitmap(
      channelsFirst: pixels, channels: 3, height: height * side, width: width * side)
  }

  /// How strong the colour of a value is, and which.
  private static func tint(
    _ value: Float, _ largest: Float
  ) -> (share: Float, colour: (Float, Float, Float)) {
    guard value.isFinite, largest > 0 else { return (0, positive) }
    return (abs(value) / largest, value < 0 ? negative : positive)
  }
}
