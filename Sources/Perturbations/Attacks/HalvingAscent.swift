import Torch

/// An ascent with momentum that halves its step where it stops to pay, and goes back to the best point
/// then.
///
/// Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
/// parameter-free attacks", ICML 2020, algorithm 1. Where the authors' code and the paper differ, this
/// follows the code: the loss before the first is zero, and the momentum after a return is towards the
/// best point from the last but one.
struct HalvingAscent {
  /// The number of steps.
  let steps: Int
  /// The share of steps that must raise the loss between two checkpoints, or the step is halved.
  let rho: Double
  /// What is climbed.
  let loss: AttackLoss

  /// How much of a step is made of the new gradient; the rest is momentum.
  private static let fresh = 0.75

  /// Climbs from a start to the highest points on the way; `nil` when no example is left.
  func climb(_ search: inout Search, from start: Tensor) throws -> Peak? {
    let first = try search.climb(start, loss, countsIteration: false)
    guard !search.isOver else { return nil }
    var path = Path(start.keeping(first.staying), first, stepSize: 2 * search.ball.radius)
    var checkpoints = Checkpoints(steps)
    for step in 1...steps {
      let next = path.next(search, isFirst: step == 1)
      // The last point is only asked about: its gradient would lead nowhere.
      let isLast = step == steps
      let answer = try isLast ? search.ask(next, loss) : search.climb(next, loss)
      guard !search.isOver else { return nil }
      path.arrive(at: next, answer)
      if let length = checkpoints.length(endingAt: step), !isLast {
        path.adapt(leastRises: rho * Double(length))
      }
    }
    return path.peak
  }

  /// Where ascents are, and what decides about their steps.
  private struct Path {
    private(set) var peak: Peak
    private var current: Tensor
    private var previous: Tensor
    private var gradient: Tensor
    private var losses: Tensor
    /// The length of a step, in the shape of one number an example.
    private var stepSize: Tensor
    /// How often the loss has risen since the last checkpoint.
    private var rises: Tensor
    private var peakBefore: Tensor
    private var wasHalved: Tensor

    init(_ start: Tensor, _ answer: Answer, stepSize: Double) {
      peak = Peak(start, answer)
      (current, previous, gradient) = (start, start, answer.gradient)
      losses = Tensor.zeros(like: answer.losses)
      self.stepSize = Tensor.full(like: answer.losses, stepSize)
        .broadcastable(toRank: start.rank)
      rises = losses
      peakBefore = answer.losses
      wasHalved = Tensor.ones(like: losses).to(.bool)
    }

    /// The point after one more step.
    func next(_ search: Search, isFirst: Bool) -> Tensor {
      let step = search.ball.norm.step(gradient) * stepSize
      step.add(current)
      let reached = projected(step, search)
      guard !isFirst else { return reached }
      let mixed = current.interpolated(to: reached, weight: fresh)
      mixed.add(current - previous, times: 1 - fresh)
      return projected(mixed, search)
    }

    /// The nearest perturbations in the ball, and then in the room.
    ///
    /// In the Euclidean norm the authors add 1e-12 to the length that a perturbation is divided by. In
    /// double precision it decides on steps that change the loss by less, and so on the step sizes after
    /// them; in single precision it is nothing.
    private func projected(_ perturbation: Tensor, _ search: Search) -> Tensor {
      guard search.ball.norm is L2 else { return search.project(perturbation) }
      let length = search.ball.norm.length(of: perturbation)
      let factor = length.clamped(to: ...search.ball.radius) / (length + 1e-12)
      let limited = perturbation * factor.broadcastable(toRank: perturbation.rank)
      return search.room?.clip(limited) ?? limited
    }

    mutating func arrive(at next: Tensor, _ answer: Answer) {
      keep(answer.staying)
      (previous, current, gradient) = (current, next.keeping(answer.staying), answer.gradient)
      rises = rises + answer.losses.greater(than: losses)
      losses = answer.losses
      peak.rise(to: current, answer)
    }

    /// Halves the steps where the loss rose too seldom, or came to no new peak with a step that was not
    /// halved before.
    mutating func adapt(leastRises: Double) {
      let isStuck = wasHalved.not().and(peak.losses.lessOrEqual(to: peakBefore))
      let isHalved = rises.lessOrEqual(to: leastRises).or(isStuck)
      (wasHalved, peakBefore) = (isHalved, peak.losses)
      rises = Tensor.zeros(like: rises)
      let rows = isHalved.broadcastable(toRank: current.rank)
      stepSize = (stepSize * 0.5).where(rows, else: stepSize)
      current = peak.points.where(rows, else: current)
      gradient = peak.gradients.where(rows, else: gradient)
    }

    private mutating func keep(_ rows: [Int]?) {
      guard let rows else { return }
      peak.keep(rows)
      current = current.selecting(rows: rows)
      losses = losses.selecting(rows: rows)
      stepSize = stepSize.selecting(rows: rows)
      rises = rises.selecting(rows: rows)
      peakBefore = peakBefore.selecting(rows: rows)
      wasHalved = wasHalved.selecting(rows: rows)
    }
  }

  /// After which steps the progress is looked at: after 22 of 100, and then after ever fewer.
  private struct Checkpoints {
    private var length: Int
    private var next: Int
    private let least: Int
    private let decrease: Int

    init(_ steps: Int) {
      length = max(22 * steps / 100, 1)
      least = max(6 * steps / 100, 1)
      decrease = max(3 * steps / 100, 1)
      next = length
    }

    /// The number of steps since the last checkpoint where a step is one, else nothing.
    mutating func length(endingAt step: Int) -> Int? {
      guard step == next else { return nil }
      defer {
        length = max(length - decrease, least)
        next += length
      }
      return length
    }
  }
}
