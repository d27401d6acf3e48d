import Foundation

/// How settings of an attack change over its steps.
enum Annealing {
  /// Half a cosine from a value at step 0 to another that is reached after the last step.
  static func cosine(from first: Double, to last: Double, _ step: Int, of steps: Int) -> Double {
    last + (first - last) * (1 + cos(.pi * Double(step) / Double(steps))) / 2
  }
}
