import Torch

/// Points and the same points moved by one vector: two classes whose optimal transport is known pair by
/// pair.
///
/// Example 2 i is a standard normal point and example 2 i + 1 the same point moved, or the other way round.
/// All examples are moved by the same vector, so the distance of the classes is its length, and the best
/// function is linear along it.
public struct ShiftedCopies: ProceduralSet {
  /// "shifted-copies".
  public static let name = "shifted-copies"

  /// What the second class is moved by.
  public let shift: [Double]

  /// Copies that are moved by a vector.
  ///
  /// - Throws: ``ProceduralError/invalidSetting(set:setting:value:requirement:)`` for a vector without
  ///   numbers, or with one that is not finite.
  public init(shift: [Double] = [3, 1]) throws(ProceduralError) {
    try require(
      !shift.isEmpty && shift.allSatisfy(\.isFinite), Self.name, "shift", shift,
      "at least one finite number")
    self.shift = shift
  }

  /// The Wasserstein-1 distance of the classes: the length of the shift.
  public var transportDistance: Double { shift.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// As many numbers as the shift has.
  public var exampleShape: [Int] { [shift.count] }

  /// "original" and "moved".
  public var classNames: [String] { ["original", "moved"] }

  /// Draws points, whose truth is the original; see ``ProceduralSet/draw(_:seed:part:)``.
  public func draw(
    _ count: Int, seed: UInt64, part: ProceduralPart = .train
  ) throws -> ProceduralSample<[Double]> {
    let streams = ProceduralStreams(set: Self.name, seed: seed, part: part)
    return try streams.draw(count, shape: exampleShape) { index, values in
      let label = streams.label(index, classes: 2)
      var stream = streams.example(index / 2)
      let original = shift.map { _ in stream.normal() }
      for place in values.indices {
        values[place] = Float(original[place] + (label == 1 ? shift[place] : 0))
      }
      return (label, original)
    }
  }
}
