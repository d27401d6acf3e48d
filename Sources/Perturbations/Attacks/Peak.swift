import Torch

/// The highest points that ascents have come to, one for each example, with what was found there.
struct Peak {
  /// The perturbations, `[n, …]`.
  private(set) var points: Tensor
  /// The gradients there, `[n, …]`.
  private(set) var gradients: Tensor
  /// The losses there, `[n]`.
  private(set) var losses: Tensor

  /// The points where ascents start.
  init(_ points: Tensor, _ answer: Answer) {
    self.points = points
    gradients = answer.gradient
    losses = answer.losses
  }

  /// Goes on with the examples that stay.
  mutating func keep(_ rows: [Int]?) {
    guard let rows else { return }
    points = points.selecting(rows: rows)
    gradients = gradients.selecting(rows: rows)
    losses = losses.selecting(rows: rows)
  }

  /// Moves to other points where they are higher.
  mutating func rise(to others: Tensor, _ answer: Answer) {
    let isHigher = answer.losses.greater(than: losses)
    losses = answer.losses.where(isHigher, else: losses)
    let rows = isHigher.broadcastable(toRank: others.rank)
    points = others.where(rows, else: points)
    // After the last step nobody asks for gradients.
    if answer.gradient.rank > 0 { gradients = answer.gradient.where(rows, else: gradients) }
  }
}
