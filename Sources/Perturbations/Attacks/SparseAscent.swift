import Foundation
import Torch

/// An ascent in L1 whose steps move few features, and the fewer the sparser the best perturbation is.
///
/// Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", ICML
/// 2021, algorithm 1.
struct SparseAscent {
  /// The number of steps.
  let steps: Int
  /// What is climbed.
  let loss: AttackLoss

  /// What the number of features at zero in a perturbation is divided by for those a step moves, and a
  /// step by that is to become shorter.
  private static let divisor = 1.5
  /// A perturbation has become sparser when this share of its features is left.
  private static let sparser = 0.95

  /// Climbs in the ball's radius.
  ///
  /// - Parameters:
  ///   - detour: begins in three times the radius, and goes on in twice the radius, with three tenths of
  ///     the steps each.
  ///   - isSparse: whether the start says how sparse perturbations are; else steps move a fifth of all
  ///     features at first.
  /// - Returns: the highest points on the way; `nil` when no example is left.
  func climb(
    _ search: inout Search, from start: Tensor, detour: Bool, isSparse: Bool
  ) throws -> Peak? {
    let early = Int((0.3 * Double(steps)).rounded(.up))
    let radius = search.ball.radius
    guard detour, steps > 2 * early else {
      return try climb(
        &search, from: start, Stage(radius: radius, steps: steps, isLast: true), isSparse)
    }
    var point = start
    for factor in [3.0, 2] {
      let stage = Stage(radius: factor * radius, steps: early, isLast: false)
      point = search.project(point, radius: stage.radius)
      guard let peak = try climb(&search, from: point, stage, true) else { return nil }
      point = peak.points
    }
    return try climb(
      &search, from: search.project(point),
      Stage(radius: radius, steps: steps - 2 * early, isLast: true), true)
  }

  /// The radius the start is to be drawn in.
  static func startRadius(_ ball: Ball, detour: Bool) -> Double {
    detour ? 3 * ball.radius : ball.radius
  }

  /// A part of the ascent with a radius of its own; only what the last one finds counts.
  private struct Stage {
    let radius: Double
    let steps: Int
    let isLast: Bool
  }

  private func climb(
    _ search: inout Search, from start: Tensor, _ stage: Stage, _ isSparse: Bool
  ) throws -> Peak? {
    let first = try search.climb(
      start, loss, countsIteration: false, remembers: stage.isLast)
    guard !search.isOver else { return nil }
    var path = Path(
      start.keeping(first.staying), first, radius: stage.radius, isSparse: isSparse)
    let interval = max(4 * stage.steps / 100, 1)
    for step in 1...stage.steps {
      let next = path.next(search)
      // The last point is only asked about: its gradient would lead nowhere.
      let answer =
        try step == stage.steps && stage.isLast
        ? search.ask(next, loss) : search.climb(next, loss, remembers: stage.isLast)
      guard !search.isOver else { return nil }
      path.arrive(at: next, answer)
      if step.isMultiple(of: interval), step < stage.steps { path.adapt() }
    }
    return path.peak
  }

  /// Where ascents are, and what decides about their steps.
  private struct Path {
    private(set) var peak: Peak
    private let radius: Double
    private var current: Tensor
    private var gradient: Tensor
    private var stepSize: Tensor
    /// How many features the best perturbation moved at the last checkpoint, `[n]`, float64.
    private var density: Tensor
    /// How many features a step moves, `[n]`, float64, and the most of them.
    private var moved: Tensor
    private var mostMoved = 1

    init(_ start: Tensor, _ answer: Answer, radius: Double, isSparse: Bool) {
      peak = Peak(start, answer)
      self.radius = radius
      (current, gradient) = (start, answer.gradient)
      stepSize = Tensor.full(like: answer.losses, radius)
      let features = start.examplesFlattened.size(1)
      density = Tensor.full([start.size(0)], Double(features), dtype: .float64).to(start.device)
      moved = (density * 0.2).ceil()
      if isSparse { measure() } else { mostMoved = max(1, Int(moved.max().item)) }
    }

    private mutating func measure() {
      density = peak.points.examplesFlattened.nonZeroCount(along: 1).to(.float64)
      moved = (density / divisor).ceil().clamped(to: 1...)
      mostMoved = Int(moved.max().item)
    }

    /// The point after one more step: equally along the features with the largest gradients.
    func next(_ search: Search) -> Tensor {
      let flat = gradient.examplesFlattened
      let magnitude = flat.abs()
      let largest = magnitude.top(mostMoved, along: 1).values
      let rank = (moved - 1).to(.int64).unsqueezed(1)
      let isMoved = magnitude.greaterOrEqual(to: largest.gathering(rank, along: 1))
      let signs = flat.sign().where(isMoved, else: 0)
      let length = signs.abs().sum(along: 1, keepingDimensions: true).clamped(to: 1...)
      let step = (signs * (stepSize.unsqueezed(1) / length)).reshaped(current.shape)
      step.add(current)
      return search.project(step, radius: radius)
    }

    mutating func arrive(at next: Tensor, _ answer: Answer) {
      keep(answer.staying)
      (current, gradient) = (next.keeping(answer.staying), answer.gradient)
      peak.rise(to: current, answer)
    }

    /// Starts again from the best perturbations with the full step where they have become sparser, and
    /// goes on with shorter steps elsewhere.
    mutating func adapt() {
      let before = density
      measure()
      let isSparser = (density / before).less(than: sparser)
      stepSize = (stepSize / divisor).clamped(to: (radius / 10)...)
        .where(isSparser.not(), else: radius)
      let rows = isSparser.broadcastable(toRank: current.rank)
      current = peak.points.where(rows, else: current)
      gradient = peak.gradients.where(rows, else: gradient)
    }

    private mutating func keep(_ rows: [Int]?) {
      guard let rows else { return }
      peak.keep(rows)
      stepSize = stepSize.selecting(rows: rows)
      density = density.selecting(rows: rows)
      moved = moved.selecting(rows: rows)
    }
  }
}
