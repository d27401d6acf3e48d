import Foundation
import Torch

/// Gradient ascent without gradients: slopes are measured between pairs of points on opposite sides.
///
/// Uesato et al., "Adversarial risk and the dangers of evaluating against weak attacks", ICML 2018,
/// algorithm 1: simultaneous perturbation stochastic approximation (Spall, 1992) with Adam. Every feature
/// of a point is moved by ``delta`` at once, with random signs. Points are taken back into ball and box
/// before the model is asked, so that each may break the example; a slope is that between the points
/// asked about.
public struct SimultaneousPerturbation: Attack {
  /// The number of ascent steps, at least 1.
  public var steps: Int
  /// How many pairs of points a step measures, at least 1; half the batch size of the paper.
  public var samples: Int
  /// How far points are from the current one in every feature, in the data's units.
  public var delta: Double
  /// Adam's learning rate, in the data's units.
  public var stepSize: Double
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal

  /// The attack.
  public init(
    steps: Int = 100, samples: Int = 64, delta: Double = 0.01, stepSize: Double = 0.01,
    loss: AttackLoss = .margin, goal: Goal = .untargeted
  ) {
    self.steps = steps
    self.samples = samples
    self.delta = delta
    self.stepSize = stepSize
    self.loss = loss
    self.goal = goal
  }

  /// `spsa`.
  public static let about = AttackDescription(
    name: "spsa", summary: "Ascent along slopes measured between random pairs of points.",
    kind: .withoutGradients, norms: ["linf", "l2"],
    cost: "steps * (2 * samples + 1) forward passes",
    source: """
      Uesato et al., "Adversarial risk and the dangers of evaluating against weak attacks", ICML 2018
      """)

  /// All settings.
  public static let options: [AttackOption<SimultaneousPerturbation>] = [
    AttackOption("steps", \.steps, "Ascent steps."),
    AttackOption("samples", \.samples, "Pairs of points that a step measures."),
    AttackOption(
      "delta", \.delta, in: 1e-9...1e9, "How far points are away in every feature."),
    AttackOption("stepSize", \.stepSize, in: 1e-9...1e9, "Adam's learning rate."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
  ]

  /// Climbs from the clean inputs.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    var search = try Search(target, batch, within: ball, goal: goal)
    var climber = Climber(
      current: search.origin, mean: search.origin, square: search.origin,
      streams: context.streams(name, examples: search.indices))
    for step in 1...steps where !search.isOver {
      let slope = try slope(&climber, &search)
      guard !search.isOver else { break }
      climber.move(along: slope, step, stepSize)
      climber.current = search.project(climber.current)
      climber.keep(try search.ask(climber.current, loss).staying)
    }
    return search.result()
  }

  /// The gradient as the pairs have it: the mean of rises times the ways they were measured over.
  private func slope(_ climber: inout Climber, _ search: inout Search) throws -> Tensor {
    var slope = search.origin
    for start in stride(from: 0, to: samples, by: 32) {
      let count = min(32, samples - start)
      let pairs = pairs(&climber, count, search)
      let answer = try search.askMany(
        Tensor.concatenated([pairs.plus, pairs.minus], along: 1), loss)
      climber.keep(answer.staying)
      guard !search.isOver else { return slope }
      let rise =
        answer.losses.narrowed(to: 0..<count, along: 1)
        - answer.losses.narrowed(to: count..<2 * count, along: 1)
      let ones = slope.shape.dropFirst().map { _ in 1 }
      let way = (pairs.plus - pairs.minus).keeping(answer.staying)
      slope =
        slope.keeping(answer.staying)
        + (way * rise.reshaped(rise.shape + ones)).sum(along: 1)
    }
    return slope / (4 * delta * delta * Double(samples))
  }

  /// Points on opposite sides of the current ones, `[n, count, …]` each.
  private func pairs(
    _ climber: inout Climber, _ count: Int, _ search: Search
  ) -> (plus: Tensor, minus: Tensor) {
    let current = climber.current
    let shape = [current.size(0), count] + current.shape.dropFirst()
    let way = climber.signs(shape).to(current.dtype).to(current.device) * delta
    let rows = (0..<current.size(0)).flatMap { Array(repeating: $0, count: count) }
    let room = search.room?.selecting(rows)
    func point(_ moved: Tensor) -> Tensor {
      let flat = moved.reshaped([-1] + current.shape.dropFirst())
      return search.ball.norm.project(flat, radius: search.ball.radius, within: room)
        .reshaped(shape)
    }
    let middle = current.unsqueezed(1)
    return (point(middle + way), point(middle - way))
  }

  /// Where the examples are, and what Adam (Kingma and Ba, ICLR 2015) remembers of their slopes.
  private struct Climber {
    var current: Tensor
    var mean: Tensor
    var square: Tensor
    var streams: [RandomStream]

    mutating func keep(_ rows: [Int]?) {
      guard let rows else { return }
      (current, mean) = (current.selecting(rows: rows), mean.selecting(rows: rows))
      square = square.selecting(rows: rows)
      streams = rows.map { streams[$0] }
    }

    mutating func move(along slope: Tensor, _ step: Int, _ stepSize: Double) {
      mean = mean * 0.9 + slope * 0.1
      square = square * 0.999 + slope.squared() * 0.001
      let first = 1 - Foundation.pow(0.9, Double(step))
      let second = 1 - Foundation.pow(0.999, Double(step))
      current = current + mean / first / ((square / second).sqrt() + 1e-8) * stepSize
    }

    /// Random signs, 64 of one random number.
    mutating func signs(_ shape: [Int]) -> Tensor {
      let size = shape.dropFirst().reduce(1, *)
      var values: [Float] = []
      values.reserveCapacity(shape.reduce(1, *))
      for row in streams.indices {
        var bits: UInt64 = 0
        for index in 0..<size {
          if index % 64 == 0 { bits = streams[row].next() }
          values.append(bits & 1 == 0 ? 1 : -1)
          bits >>= 1
        }
      }
      return Tensor(values, shape: shape)
    }
  }
}
