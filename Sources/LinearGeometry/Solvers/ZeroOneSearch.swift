import Foundation
import Torch

/// The lines with the fewest errors between two classes in the plane, found by trying all.
///
/// The 0-1 loss is what the article starts from; it has no useful slope, and its minimum is found only by
/// counting. Between two neighbouring directions across a pair of points the order of all projections is
/// the same, so one direction of each interval is enough: n² / 2 directions, each with its best threshold.
public enum ZeroOneSearch {
  /// The most points that are searched.
  public static let largestCount = 400

  /// A line with the fewest errors, |w| = 1; of several the one with the widest gap around it.
  ///
  /// - Parameters:
  ///   - negative: class I, `[N, 2]`.
  ///   - positive: class J, `[M, 2]`.
  /// - Throws: ``LinearGeometryError`` for other than two features, too many points, and what a
  ///   ``BinaryProblem`` throws.
  public static func minimise(
    negative: Tensor, positive: Tensor
  ) throws -> (classifier: LinearClassifier, errors: Int) {
    let problem = try BinaryProblem(negative: negative, positive: positive)
    guard problem.featureCount == 2, problem.count <= largestCount else {
      throw LinearGeometryError.setting(
        name: "the 0-1 loss", value: "\(problem.count) points, \(problem.featureCount) features",
        allowed: "at most \(largestCount) points with two features")
    }
    let values = Tensor.concatenated(
      [negative, positive].map { $0.reshaped($0.size(0), -1).to(.float64) }
    ).values(as: Double.self)
    let points = (0..<problem.count).map { SIMD2(values[2 * $0], values[2 * $0 + 1]) }
    let isPositive = points.indices.map { $0 >= problem.negativeCount }
    var best = Line(errors: .max, gap: 0, normal: SIMD2(1, 0), threshold: 0)
    for angle in directions(points) {
      let line = bestThreshold(points, isPositive, normal: SIMD2(cos(angle), sin(angle)))
      if (line.errors, -line.gap) < (best.errors, -best.gap) { best = line }
    }
    let weight = Tensor([best.normal.x, best.normal.y])
    return (LinearClassifier(weight: weight, bias: -best.threshold), best.errors)
  }

  private struct Line {
    var errors: Int
    var gap: Double
    var normal: SIMD2<Double>
    var threshold: Double
  }

  /// One angle between each two neighbours of those at which two points project to one place.
  private static func directions(_ points: [SIMD2<Double>]) -> [Double] {
    var critical: [Double] = []
    for first in points.indices {
      for second in points.indices where second > first {
        let way = points[second] - points[first]
        guard way != .zero else { continue }
        let angle = atan2(way.x, -way.y)
        critical.append(angle)
        critical.append(angle > 0 ? angle - .pi : angle + .pi)
      }
    }
    critical.sort()
    let next = critical.dropFirst() + (critical.first.map { [$0 + 2 * .pi] } ?? [])
    return zip(critical, next).filter { $1 - $0 > 1e-12 }.map { ($0 + $1) / 2 }
  }

  /// The best place for the boundary along one direction.
  private static func bestThreshold(
    _ points: [SIMD2<Double>], _ isPositive: [Bool], normal: SIMD2<Double>
  ) -> Line {
    let order = points.indices.map { (place: (points[$0] * normal).sum(), isPositive[$0]) }
      .sorted { $0.place < $1.place }
    // Everything above the boundary is called positive: at first all of it.
    var errors = isPositive.count { !$0 }
    let first = order.first?.place ?? 0
    var best = Line(errors: errors, gap: 0, normal: normal, threshold: first - 1)
    for (index, entry) in order.enumerated() {
      errors += entry.1 ? 1 : -1
      let isLast = index == order.count - 1
      let gap = isLast ? 0 : order[index + 1].place - entry.place
      guard isLast || gap > 0 else { continue }
      if (errors, -gap) < (best.errors, -best.gap) {
        best = Line(
          errors: errors, gap: gap, normal: normal,
          threshold: isLast ? entry.place + 1 : entry.place + gap / 2)
      }
    }
    return best
  }
}
