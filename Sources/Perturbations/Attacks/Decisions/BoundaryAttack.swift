import Torch

/// Looks for the shortest perturbation by decisions alone: a random walk along the boundary that takes
/// every step that leads closer and stays on the wrong side.
///
/// Brendel, Rauber and Bethge, "Decision-based adversarial attacks: reliable attacks against black-box
/// machine learning models", ICLR 2018, algorithm 1. A step goes along the sphere around the clean input
/// and then towards it; how far is adapted for every example, so that about half of the steps along the
/// sphere and a fifth of the whole steps stay on the wrong side.
public struct BoundaryAttack: DecisionAttack {
  /// The number of steps, at least 1.
  public var steps: Int
  /// The first length of a step along the sphere, in distances to the clean input.
  public var sphericalStep: Double
  /// The first length of a step towards the clean input, in distances to it.
  public var sourceStep: Double
  /// What lengths are multiplied with or divided by when they are adapted.
  public var adaptation: Double
  /// How many points are tried as a start.
  public var tries: Int
  /// Inputs to start from; the nearest that does is taken. Needed where one class is to be reached; else
  /// noise will do.
  public var starts: StartingPool?
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken inside the radius; with an infinite one none does.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 25_000, sphericalStep: Double = 0.01, sourceStep: Double = 0.01,
    adaptation: Double = 1.5, tries: Int = 1000, starts: StartingPool? = nil,
    goal: Goal = .untargeted, stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.sphericalStep = sphericalStep
    self.sourceStep = sourceStep
    self.adaptation = adaptation
    self.tries = tries
    self.starts = starts
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// `boundary`.
  public static let about = AttackDescription(
    name: "boundary", summary: "The shortest perturbation, by a random walk along the boundary.",
    kind: .withoutGradients, findsShortest: true, norms: ["l2"],
    cost: "1.1 forward passes a step",
    source: "Brendel et al., \"Decision-based adversarial attacks\", ICLR 2018")

  /// All settings but the inputs to start from.
  public static let options: [AttackOption<BoundaryAttack>] = [
    AttackOption("steps", \.steps, "The number of steps."),
    AttackOption(
      "sphericalStep", \.sphericalStep, in: 1e-6...1,
      "The first length of a step along the sphere, in distances to the clean input."),
    AttackOption(
      "sourceStep", \.sourceStep, in: 1e-6...1,
      "The first length of a step towards the clean input, in distances to it."),
    AttackOption("adaptation", \.adaptation, in: 1...10, "How fast lengths are adapted."),
    AttackOption("tries", \.tries, "How many points are tried as a start."),
    AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Walks along the boundary.
  ///
  /// - Throws: ``PerturbationError/needsStarts(attack:)`` for a class to reach without ``starts``, and
  ///   ``PerturbationError/noStart(example:target:)`` where none of them is of that class.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    try validate(for: ball)
    let start = try BoundaryStart(tries: tries, pool: starts, purpose: name, goal: goal)
    var search = try Search(
      target, batch, within: ball, goal: goal, aim: .shortest, stopsEarly: stopsEarly)
    var points = try start.find(&search, context)
    points = try search.bisect(points, steps: 10)
    try walk(from: points, &search, context)
    return search.result()
  }

  private func walk(
    from start: Tensor, _ search: inout Search, _ context: Context
  ) throws {
    var points = start
    var strides = search.indices.map { _ in Stride(spherical: sphericalStep, source: sourceStep) }
    var noise = Noise(start)
    for step in 1...steps where !search.isOver {
      var moves = moves(points, search, strides, noise.next(step, search.indices, context))
      if step % Stride.sphericalInterval == 0 {
        let answer = try search.ask(moves.spherical)
        strides = strides.keeping(answer.staying)
        for (row, isBroken) in answer.isBroken.values(as: Bool.self).enumerated() {
          strides[row].adaptSphere(isBroken, by: adaptation)
        }
        (points, moves.whole) = (
          points.keeping(answer.staying), moves.whole.keeping(answer.staying)
        )
        noise.keep(answer.staying)
        guard !search.isOver else { return }
      }
      let answer = try search.ask(moves.whole)
      strides = strides.keeping(answer.staying)
      noise.keep(answer.staying)
      for (row, isBroken) in answer.isBroken.values(as: Bool.self).enumerated() {
        strides[row].adaptSource(isBroken, by: adaptation)
      }
      let moved = moves.whole.keeping(answer.staying)
      points = points.keeping(answer.staying)
      let isCloser = search.ball.norm.length(of: moved).less(
        than: search.ball.norm.length(of: points))
      let isTaken = answer.isBroken.and(isCloser).broadcastable(toRank: points.rank)
      points = moved.where(isTaken, else: points)
    }
  }

  /// A random step along the sphere around the clean inputs, and from there towards them.
  private func moves(
    _ points: Tensor, _ search: Search, _ strides: [Stride], _ noise: Tensor
  ) -> (spherical: Tensor, whole: Tensor) {
    func perExample(_ values: [Double]) -> Tensor {
      Tensor(values).to(points.dtype).to(points.device)
    }
    let flat = points.examplesFlattened
    let length = search.ball.norm.length(of: points).unsqueezed(1)
    let unit = flat / length
    var tangent = (search.ball.mask.map { noise * $0 } ?? noise).examplesFlattened
    tangent = tangent - unit * (tangent * unit).sum(along: 1, keepingDimensions: true)
    let spherical = perExample(strides.map(\.spherical)).unsqueezed(1)
    let tangentLength = tangent.norm(order: 2, along: [1], keepingDimensions: true)
    tangent = tangent * (spherical * length / tangentLength.clamped(to: 1e-30...))
    let onSphere = (flat + tangent) / (spherical.squared() + 1).sqrt()
    let around = clip(onSphere.reshaped(points.shape), search)
    // What clipping has done to the distance is made up for on the way to the clean input.
    let newLength = search.ball.norm.length(of: around).unsqueezed(1)
    let source = perExample(strides.map(\.source)).unsqueezed(1)
    let inward = (source * length + newLength - length).clamped(to: 0...)
    let share = 1 - inward / newLength.clamped(to: 1e-30...)
    let whole = (around.examplesFlattened * share.clamped(to: 0...)).reshaped(points.shape)
    return (around, clip(whole, search))
  }

  private func clip(_ points: Tensor, _ search: Search) -> Tensor {
    search.room?.clip(points) ?? points
  }
}

/// Normal numbers for every example, drawn for many steps at once.
private struct Noise {
  private let shape: [Int]
  private let dtype: DType
  private let device: Device
  /// How many steps are drawn at once.
  private let span: Int
  private var block: Tensor

  init(_ points: Tensor) {
    shape = Array(points.shape.dropFirst())
    (dtype, device) = (points.dtype, points.device)
    span = max(1, min(16, 65_536 / max(1, shape.reduce(1, *))))
    block = points
  }

  /// The numbers of a step, from 1, for the examples that are active, `[n, …]`.
  mutating func next(_ step: Int, _ indices: [Int], _ context: Context) -> Tensor {
    let (number, place) = (step - 1).quotientAndRemainder(dividingBy: span)
    if place == 0 {
      let drawn = indices.map { index in
        Tensor.normal(
          [span] + shape, dtype: dtype,
          using: Generator(
            seed: context.seed, purpose: "boundary.walk.\(number)", index: UInt64(index)))
      }
      block = Tensor.stacked(drawn).to(device)
    }
    return block.select(place, along: 1)
  }

  mutating func keep(_ rows: [Int]?) { block = block.keeping(rows) }
}

/// How long the steps of one example are, and how often they ended on the wrong side lately.
private struct Stride {
  /// How many steps are made for one that is also asked about half-way, on the sphere.
  static let sphericalInterval = 10

  var spherical: Double
  var source: Double
  private var onSphere: [Bool] = []
  private var whole: [Bool] = []

  init(spherical: Double, source: Double) {
    self.spherical = spherical
    self.source = source
  }

  /// Longer where the boundary looks flat, shorter where it does not.
  mutating func adaptSphere(_ isBroken: Bool, by factor: Double) {
    onSphere.append(isBroken)
    guard onSphere.count == 10 else { return }
    let share = Double(onSphere.filter { $0 }.count) / 10
    onSphere = []
    guard share > 0.5 || share < 0.2 else { return }
    let change = share > 0.5 ? factor : 1 / factor
    spherical = min(spherical * change, 1)
    source = min(source * change, 1)
  }

  mutating func adaptSource(_ isBroken: Bool, by factor: Double) {
    whole.append(isBroken)
    guard whole.count == 30 else { return }
    let share = Double(whole.filter { $0 }.count) / 30
    whole = []
    guard share > 0.25 || share < 0.1 else { return }
    source = min(source * (share > 0.25 ? factor : 1 / factor), 1)
  }
}

extension Array {
  /// The elements of the rows that stay, all where none left.
  fileprivate func keeping(_ rows: [Int]?) -> Array { rows.map { $0.map { self[$0] } } ?? self }
}
