import Torch

/// Blank pictures and pictures of one bright or dark square: two classes whose Wasserstein-1 distance is
/// known exactly.
///
/// A picture is a row of `side²` numbers, all of which are 0 in the first class. In the second those of a
/// square in the middle are all 1 or all -1, each in half of the cases. Every square is
/// ``transportDistance`` from the blank picture, so that this is the distance of the classes.
public struct Squares: ProceduralSet {
  /// "squares".
  public static let name = "squares"

  /// The side of a picture, in pixels.
  public let side: Int
  /// The side of the square, in pixels.
  public let squareSide: Int

  /// Pictures of some size.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for a side that is out
  ///   of range.
  public init(side: Int = 64, squareSide: Int = 35) throws(ProceduralError) {
    try require(2...1024 ~= side, Self.name, "side", side, "a number from 2 to 1024")
    try require(
      1...side ~= squareSide, Self.name, "square's side", squareSide, "a number from 1 to \(side)")
    self.side = side
    self.squareSide = squareSide
  }

  /// The Wasserstein-1 distance of the classes: the square's side.
  public var transportDistance: Double { Double(squareSide) }

  /// [side²].
  public var exampleShape: [Int] { [side * side] }

  /// "blank" and "square".
  public var classNames: [String] { ["blank", "square"] }

  /// Draws pictures, whose truth is the value of the square; see ``ProceduralSet/draw(_:seed:part:)``.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<Float> {
    let streams = ProceduralStreams(set: Self.name, seed: seed, part: part)
    let first = (side - squareSide) / 2
    return try streams.draw(count, shape: exampleShape) { index, values in
      let label = streams.label(index, classes: 2)
      // Bright and dark by turns, from one pair of classes to the next.
      let value: Float = label == 0 ? 0 : (index / 2).isMultiple(of: 2) ? 1 : -1
      for row in first..<first + squareSide {
        for column in first..<first + squareSide { values[row * side + column] = value }
      }
      return (label, value)
    }
  }
}
