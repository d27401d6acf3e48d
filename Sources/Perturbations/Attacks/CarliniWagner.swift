import Foundation
import Torch

/// The squared Euclidean length plus a constant times the margin, minimised by Adam, for the smallest
/// constant that works.
///
/// Carlini and Wagner, "Towards evaluating the robustness of neural networks", S&P 2017, section VI.A.
/// Inputs are `low + (high - low) (tanh(w) + 1) / 2`, so that the box needs no clipping; `w` starts from
/// the clean input drawn a millionth towards the middle of the box, since at its edge it would be
/// infinite and have no slope. The constant grows tenfold until the attack succeeds and is then
/// bisected, for every example by itself; every constant starts with fresh moments.
public struct CarliniWagner: Attack {
  /// The most steps of one constant.
  public var steps: Int
  /// The number of constants.
  public var searchSteps: Int
  /// The first constant.
  public var initialConstant: Double
  /// The learning rate of Adam.
  public var learningRate: Double
  /// By how much the wrong class must lead.
  public var confidence: Double
  /// Whether an example is done with a constant when a tenth of the steps has not lowered its loss
  /// by a ten-thousandth.
  public var abortsEarly: Bool
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once a failure inside the radius is known.
  public var stopsEarly: Bool
  /// Whether what was found is shortened at the end: by two steps onto the boundary and ten halvings of the
  /// way back. Off, the attack is that of the paper.
  public var polishes: Bool

  /// The attack.
  public init(
    steps: Int = 10_000, searchSteps: Int = 9, initialConstant: Double = 1e-3,
    learningRate: Double = 0.01, confidence: Double = 0, abortsEarly: Bool = true,
    goal: Goal = .untargeted, stopsEarly: Bool = true, polishes: Bool = true
  ) {
    self.steps = steps
    self.searchSteps = searchSteps
    self.initialConstant = initialConstant
    self.learningRate = learningRate
    self.confidence = confidence
    self.abortsEarly = abortsEarly
    self.goal = goal
    self.stopsEarly = stopsEarly
    self.polishes = polishes
  }

  /// `cw`.
  public static let about = AttackDescription(
    name: "cw", summary: "Length plus constant times margin, minimised by Adam.",
    kind: .minimumNorm, norms: ["l2"],
    cost: "at most searchSteps * steps forward and backward passes",
    source:
      "Carlini and Wagner, \"Towards evaluating the robustness of neural networks\", S&P 2017")

  /// All settings.
  public static let options: [AttackOption<CarliniWagner>] = [
    AttackOption("steps", \.steps, "The most steps of one constant."),
    AttackOption("searchSteps", \.searchSteps, "The number of constants."),
    AttackOption("initialConstant", \.initialConstant, in: 1e-9...1e9, "The first constant."),
    AttackOption("learningRate", \.learningRate, in: 1e-9...10, "The learning rate of Adam."),
    AttackOption(
      "confidence", \.confidence, in: 0...1e6, "By how much the wrong class must lead."),
    AttackOption(
      "abortsEarly", \.abortsEarly, "Whether a constant is given up when the loss stands still."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly), AttackOption(polishes: \.polishes),
  ]

  /// Minimises once for every constant.
  ///
  /// - Throws: ``PerturbationError/needsBox(attack:)`` where the ball has no finite box.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    guard let box = ball.box, box.lowerBound.isFinite, box.upperBound.isFinite else {
      throw PerturbationError.needsBox(attack: name)
    }
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly,
      confidence: confidence)
    var constants = Constants(count: batch.count, initial: initialConstant)
    for searchStep in 0..<searchSteps {
      if searchStep > 0 { search.restart() }
      guard !search.isOver else { break }
      try minimise(&search, &constants, box)
    }
    if polishes { try search.polish() }
    return search.result()
  }

  /// One minimisation for every example that is active, with its present constant.
  private func minimise(
    _ search: inout Search, _ constants: inout Constants, _ box: ClosedRange<Double>
  ) throws {
    let positions = search.active
    var found = Set<Int>()
    var state = Descent(search, box, constants.values(of: positions))
    for step in 0..<steps where !search.isOver {
      let (perturbation, slope) = state.candidate(search)
      let answer = try search.climb(perturbation, .margin)
      state = state.keeping(answer.staying)
      let broken = answer.isBroken.values(as: Bool.self)
      found.formUnion(zip(search.active, broken).filter(\.1).map(\.0))
      guard !search.isOver else { break }
      let candidate = perturbation.keeping(answer.staying)
      let shortfall = (confidence - answer.losses).clamped(to: 0...)
      let losses =
        candidate.examplesFlattened.squared().sum(along: 1) + state.constants * shortfall
      let weights = state.constants.filled(where: shortfall.equal(to: 0), with: 0)
      let gradient =
        (candidate * 2 - answer.gradient * weights.broadcastable(toRank: candidate.rank))
        * slope.keeping(answer.staying)
      state.move(along: gradient, learningRate)
      if abortsEarly, step % max(1, steps / 10) == 0 {
        let rows = rest(&search, losses, &state)
        state = state.keeping(rows)
      }
    }
    constants.update(positions, found: found)
  }

  /// Lets examples whose loss stands still rest until the next constant.
  ///
  /// - Returns: the rows that go on, where some do not.
  private func rest(
    _ search: inout Search, _ losses: Tensor, _ state: inout Descent
  ) -> [Int]? {
    defer { state.lastLosses = losses }
    guard let last = state.lastLosses else { return nil }
    let falling = losses.lessOrEqual(to: last * 0.9999).nonZeroIndices().squeezed(1)
      .values(as: Int.self)
    guard falling.count < search.count else { return nil }
    search.reduce(to: falling)
    return falling
  }
}

/// The constants of all examples of a batch, and between what they are looked for.
private struct Constants {
  private var value: [Double]
  private var low: [Double]
  private var high: [Double]

  init(count: Int, initial: Double) {
    value = Array(repeating: initial, count: count)
    low = Array(repeating: 0, count: count)
    high = Array(repeating: .infinity, count: count)
  }

  func values(of positions: [Int]) -> Tensor { Tensor(positions.map { value[$0] }) }

  /// Half way between what failed and what succeeded, or ten times as much while nothing succeeds.
  mutating func update(_ positions: [Int], found: Set<Int>) {
    for position in positions {
      if found.contains(position) {
        high[position] = min(high[position], value[position])
      } else {
        low[position] = max(low[position], value[position])
      }
      value[position] =
        high[position].isFinite
        ? (low[position] + high[position]) / 2 : value[position] * 10
    }
  }
}

/// The variables of one minimisation, with Adam's moments.
private struct Descent {
  var constants: Tensor
  var lastLosses: Tensor?
  private let box: ClosedRange<Double>
  private var origin: Tensor
  private var change: Tensor
  private var mean: Tensor
  private var square: Tensor
  private var count = 0

  init(_ search: Search, _ box: ClosedRange<Double>, _ constants: Tensor) {
    let centers = search.centers
    let width = box.upperBound - box.lowerBound
    self.box = box
    self.constants = constants.to(centers.dtype).to(centers.device)
    origin = (((centers - box.lowerBound) * (2 / width) - 1) * (1 - 1e-6)).atanh()
    change = Tensor.zeros(like: centers)
    mean = change
    square = change
  }

  /// The perturbations, and how they change with the variables.
  func candidate(_ search: Search) -> (perturbation: Tensor, slope: Tensor) {
    let width = box.upperBound - box.lowerBound
    let position = (origin + change).tanh()
    let inputs = (position + 1) * (width / 2) + box.lowerBound
    var perturbation = search.perturbation(of: inputs)
    var slope = (1 - position.squared()) * (width / 2)
    if let scale = search.ball.scale { slope = slope / scale }
    if let mask = search.ball.mask {
      perturbation = perturbation * mask
      slope = slope * mask
    }
    return (perturbation, slope)
  }

  /// One step of Adam (Kingma and Ba, ICLR 2015).
  mutating func move(along gradient: Tensor, _ learningRate: Double) {
    count += 1
    mean = mean * 0.9 + gradient * 0.1
    square = square * 0.999 + gradient.squared() * 0.001
    let (first, second) = (1 - pow(0.9, Double(count)), 1 - pow(0.999, Double(count)))
    change = change - mean / first * learningRate / ((square / second).sqrt() + 1e-8)
  }

  func keeping(_ rows: [Int]?) -> Descent {
    guard rows != nil else { return self }
    var kept = self
    kept.constants = constants.keeping(rows)
    kept.lastLosses = lastLosses?.keeping(rows)
    kept.origin = origin.keeping(rows)
    kept.change = change.keeping(rows)
    kept.mean = mean.keeping(rows)
    kept.square = square.keeping(rows)
    return kept
  }
}
