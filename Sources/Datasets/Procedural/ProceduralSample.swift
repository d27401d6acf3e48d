/// Which examples of a procedural set to draw; examples of different parts never overlap.
///
/// A part names the random streams (`"glyphs.train"`, `"glyphs.test"`), so they are independent
/// draws from the same distribution, whatever their sizes.
public enum ProceduralPart: String, CaseIterable, Sendable {
  /// Examples to fit a model to.
  case train
  /// Examples to choose settings on.
  case validation
  /// Examples to measure a model on.
  case test
}

/// Examples drawn from a procedural set, with what is known about each of them.
public struct ProceduralSample<Truth: Sendable>: Sendable {
  /// The examples one after the other, row by row; images have values in [0, 1], channels first.
  public let inputs: [Float]
  /// The shape of `inputs`: the count of examples, then the shape of one example.
  public let shape: [Int]
  /// The class of each example.
  public let labels: [Int]
  /// What the generator knows about each example.
  public let truth: [Truth]

  /// How many examples there are.
  public var count: Int { labels.count }

  /// The values of one example, row by row.
  ///
  /// - Parameter index: the example, from 0 to `count - 1`.
  public func example(_ index: Int) -> ArraySlice<Float> {
    let size = shape.dropFirst().reduce(1, *)
    return inputs[index * size..<(index + 1) * size]
  }
}

/// A data set that is drawn by a rule instead of read from a file.
///
/// Example i of a part depends on the settings, the seed, the part and i only: never on how many
/// examples are drawn, nor on the number of threads that draw them. In every run of as many
/// examples as there are classes, counted from the first, each class occurs once, in random order.
public protocol ProceduralSet: Sendable {
  /// What is known about one example.
  associatedtype Truth: Sendable

  /// What the set is called, such as "glyphs"; random streams are named after it.
  static var name: String { get }

  /// The shape of one example, such as [1, 28, 28] or [2].
  var exampleShape: [Int] { get }

  /// The name of each class, in the order of the labels.
  var classNames: [String] { get }

  /// Draws the first examples of a part.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - seed: the seed; other seeds give independent examples.
  ///   - part: examples to train on, or to test on.
  /// - Throws: ``ProceduralError`` when the count is negative or too large.
  func draw(_ count: Int, seed: UInt64, part: ProceduralPart) throws -> ProceduralSample<Truth>
}
