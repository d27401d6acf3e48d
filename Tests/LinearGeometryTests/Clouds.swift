import Foundation
import LinearGeometry
import Torch

/// Small classes of points for tests.
enum Clouds {
  /// Two normal clouds with unequal spreads along the axes, which overlap unless they are far apart.
  static func pair(
    _ negative: Int, _ positive: Int, features: Int = 6, apart: Double = 1, seed: UInt64 = 1
  ) throws -> BinaryProblem {
    let parts = tensors(negative, positive, features: features, apart: apart, seed: seed)
    return try BinaryProblem(negative: parts[0], positive: parts[1])
  }

  static func tensors(
    _ negative: Int, _ positive: Int, features: Int = 6, apart: Double = 1, seed: UInt64 = 1
  ) -> [Tensor] {
    let generator = Generator(seed: seed, purpose: "clouds")
    let scale = Tensor((0..<features).map { 0.3 + 0.4 * Double($0) })
    let shift = Tensor((0..<features).map { apart / Double($0 + 1) })
    return [(negative, -0.5), (positive, 0.5)].map { count, side in
      .normal([count, features], dtype: .float64, using: generator) * scale + shift * side
    }
  }

  /// Sixty points that a script in any language can make: sines, the odd ones shifted.
  static var sines: [Tensor] {
    [0, 1].map { odd in
      var values: [Double] = []
      for row in 0..<30 {
        for column in 0..<5 {
          let angle: Double = 1 + 3.7 * Double(2 * row + odd) + 1.3 * Double(column * column)
          let shift: Double = odd == 1 ? 0.45 * Double(column + 1) / 5 : 0
          values.append(sin(angle) + shift)
        }
      }
      return Tensor(values, shape: [30, 5])
    }
  }
}

extension RegularisationPath {
  /// The last fit of a path that steps down to a level by factors of ten.
  static func at(
    _ lambda: Double, _ loss: LinearLoss, _ problem: BinaryProblem, tolerance: Double = 1e-10
  ) throws -> (fit: LinearFit, measures: TiltMeasures) {
    let fit = try fit(problem, loss: loss, lambda: lambda, tolerance: tolerance)
    return (fit, TiltMeasures(fit.classifier, on: problem))
  }
}
