import Torch

/// The article's toy problem: images of two numbers, a and b, where only a tells the classes apart.
///
/// Class I has a in [-1, -0.2], class J has a in [0.2, 1], and b is 0. Any line through the origin that is
/// not horizontal separates them; tilted by θ from the vertical, an image and its mirror image are
/// `2 |a| cos θ` apart. One image of class I on the wrong side, with b other than 0, is what a line has to
/// tilt for.
public struct ToyProblem: Sendable {
  /// Class I, `[N, 2]` float64, the outlier last where there is one.
  public let negative: Tensor
  /// Class J, `[N, 2]` float64.
  public let positive: Tensor

  /// The problem with as many examples of each class, evenly spaced.
  ///
  /// - Parameters:
  ///   - perClass: at least 2.
  ///   - outlier: an example of class I that lies elsewhere; in place of the last regular one, so that the
  ///     classes stay balanced.
  public init(perClass: Int = 20, outlier: SIMD2<Double>? = SIMD2(0.3, 0.25)) {
    let count = max(2, perClass)
    let places = (0..<count).map { 0.2 + 0.8 * Double($0) / Double(count - 1) }
    var left = places.map { [-$0, 0.0] }
    if let outlier { left[count - 1] = [outlier.x, outlier.y] }
    negative = Tensor(left.flatMap(\.self), shape: [count, 2])
    positive = Tensor(places.flatMap { [$0, 0.0] }, shape: [count, 2])
  }

  /// The problem for solvers.
  ///
  /// - Throws: ``LinearGeometryError`` (it does not for the standard problem).
  public func problem() throws -> BinaryProblem {
    try BinaryProblem(negative: negative, positive: positive)
  }

  /// The line through the origin that is tilted by an angle: L_θ.
  public static func line(tiltedBy angle: Double) -> LinearClassifier {
    let angle = Tensor(angle)
    return LinearClassifier(weight: Tensor([angle.cos().item, angle.sin().item]), bias: 0)
  }

  /// The image of two numbers in -1...1 as grey values in 0...1, `[1, size, size]`: the left half shows a,
  /// the right half b.
  public static func picture(_ point: SIMD2<Double>, size: Int = 16) -> [Float] {
    (0..<size * size).map { index in
      let value = index % size < size / 2 ? point.x : point.y
      return Float(min(max((value + 1) / 2, 0), 1))
    }
  }
}
