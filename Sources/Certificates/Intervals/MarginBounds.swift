import Networks
import Torch

/// Bounds on how much larger one logit is than all others.
enum MarginBounds {
  /// Lower bounds on the smallest difference between the logit of a class and another one, `[N]`,
  /// float64, over all inputs in intervals.
  ///
  /// - Parameter classes: the class of every example, `[N]`.
  static func lower(
    _ network: any Layer, _ inputs: Intervals, classes: Tensor
  ) throws -> Tensor {
    var stages = network.flatStages
    let head = AffineHead(takenFrom: &stages)
    let features = try inputs.through(stages)
    guard let head, features.lower.rank == 2 else {
      let outputs = try head == nil ? features : inputs.through(network)
      let logits = outputs.classLogits
      let others = logits.upper.scattering(-.infinity, at: classes.unsqueezed(1), along: 1)
      return logits.lower.gathering(classes.unsqueezed(1), along: 1).squeezed(1)
        - others.max(along: 1)
    }
    // All examples of one class share the matrix of differences.
    let labels = classes.values(as: Int.self)
    var result = [Double](repeating: 0, count: labels.count)
    for label in Set(labels).sorted() {
      let rows = labels.indices.filter { labels[$0] == label }
      let bounds = head.lower(features.selecting(rows: rows), label: label)
      for (row, bound) in zip(rows, bounds.values(as: Double.self)) { result[row] = bound }
    }
    return Tensor(result)
  }
}

extension Intervals {
  /// Intervals of logits: those of one output `f`, whose sign decides between two classes, are halved, and
  /// turned round for the first.
  fileprivate var classLogits: Intervals {
    guard lower.rank == 2, lower.size(1) == 1 else { return self }
    return Intervals(
      lower: .concatenated([upper * -0.5, lower * 0.5], along: 1),
      upper: .concatenated([lower * -0.5, upper * 0.5], along: 1))
  }
}

extension AffineHead {
  /// Lower bounds on how much larger the logit of a class is than all others, `[n]`.
  fileprivate func lower(_ features: Intervals, label: Int) -> Tensor {
    let (center, halfWidth) = (features.center, features.halfWidth)
    let difference = weight[label] - weight
    let middle = center.linear(difference) + (bias[label] - bias)
    let spread = halfWidth.linear(difference.abs())
    // Both logits are rounded on their own before they are compared.
    let magnitude = (center.abs() + halfWidth).linear(weight.abs() + weight[label].abs())
    let slack =
      (magnitude + biasMagnitude + biasMagnitude[label]) * Rounding.gamma(featureCount + 16)
    let lower = middle - spread - slack
    // The class itself is no competitor.
    let own = Tensor.full([lower.size(0), 1], Double(label), device: lower.device).to(.int64)
    return lower.scattering(.infinity, at: own, along: 1).min(along: 1)
  }
}
