import Networks
import Torch

/// Projected gradient ascent on the vectors that stand for the inputs, such as those of words.
///
/// It is what ``ProjectedGradient`` is for inputs that can be moved, and bounds from above how robust
/// smoothing in the space of vectors has made a model (Miyato et al., "Adversarial training methods
/// for semi-supervised text classification", ICLR 2017); moved vectors are no words. Padding is not
/// moved, and its amount has no influence.
public struct EmbeddingGradient: Attack {
  /// What the radius bounds.
  public enum Scope: String, Sendable, Codable, CaseIterable {
    /// The perturbation of all vectors of an example together.
    case sequence
    /// The perturbation of every vector.
    case token
  }

  /// The number of gradient steps of a restart.
  public var steps: Int
  /// How often to start; only examples that still stand start again.
  public var restarts: Int
  /// What the radius bounds.
  public var scope: Scope
  /// Whether to start at a random point of the ball instead of its centre.
  public var hasRandomStart: Bool
  /// What is climbed.
  public var loss: AttackLoss
  /// What the attack is after.
  public var goal: Goal
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 20, restarts: Int = 1, scope: Scope = .sequence, hasRandomStart: Bool = true,
    loss: AttackLoss = .crossEntropy, goal: Goal = .untargeted, stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.restarts = restarts
    self.scope = scope
    self.hasRandomStart = hasRandomStart
    self.loss = loss
    self.goal = goal
    self.stopsEarly = stopsEarly
  }

  /// The length of a step in a ball, in units of its radius, with which any point of it can be
  /// reached from any other.
  public func stepSize(radius: Double) -> Double { 2.5 * radius / Double(steps) }

  /// `embedding-pgd`.
  public static let about = AttackDescription(
    name: "embedding-pgd", summary: "Projected gradient ascent on the vectors of words.",
    kind: .fixedBudget, norms: ["linf", "l2", "l1"],
    cost: "steps + 1 forward and steps backward passes a restart",
    source: """
      Miyato et al., "Adversarial training methods for semi-supervised text classification", ICLR 2017
      """)

  /// All settings.
  public static let options: [AttackOption<EmbeddingGradient>] = [
    AttackOption("steps", \.steps, "Gradient steps of a restart, each of 2.5 radii / steps."),
    AttackOption("restarts", \.restarts, "How often to start."),
    AttackOption("scope", \.scope, "What the radius bounds: a sequence of words or every token."),
    AttackOption("randomStart", \.hasRandomStart, "Whether to start at a random point."),
    AttackOption(loss: \.loss), AttackOption(goal: \.goal),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Climbs from every start.
  ///
  /// - Returns: the moved vectors in place of inputs; distances in units of the ball.
  /// - Throws: ``PerturbationError`` where the target's inputs are not mapped to vectors, and for
  ///   settings below 1.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    guard let embedding = target.embedding else {
      throw PerturbationError.needsVectors(attack: name)
    }
    try validate(for: ball)
    let ball = try Ball(ball.norm, radius: ball.radius)
    let (vectors, mask) = try withoutGradients {
      let vectors = try embedding.embedding(of: batch.inputs)
      return (vectors, try embedding.mask(of: batch.inputs, vectors: vectors))
    }
    let inputs = batch.inputs
    var search = try Search(
      target, batch.replacing(inputs: vectors), within: ball, goal: goal, stopsEarly: stopsEarly
    ) { positions in
      let texts = inputs.selecting(rows: positions)
      return target.replacing { try embedding.logits(ofEmbedding: $0, of: texts) }
    }
    for restart in 0..<restarts where !search.isOver {
      if restart > 0 { search.restart() }
      try climb(&search, mask, context, restart)
    }
    var result = search.result()
    let lengths = lengths(of: result.adversarial - vectors, ball).values(as: Double.self)
    result.distance = zip(result.success, lengths).map { $0 ? $1 : nil }
    return result
  }

  /// One ascent from one start, for all examples that are active.
  private func climb(
    _ search: inout Search, _ all: Tensor, _ context: Context, _ restart: Int
  ) throws {
    let ball = search.ball
    var mask = all.selecting(rows: search.active)
    var moved = search.origin
    if hasRandomStart {
      let streams = context.streams("embedding-pgd.start.\(restart)", examples: search.indices)
      moved = start(like: moved, mask, ball, streams)
    }
    let length = stepSize(radius: ball.radius)
    for step in 0...steps {
      let answer = try search.climb(moved, loss, countsIteration: step > 0)
      if search.isOver || step == steps { return }
      mask = mask.keeping(answer.staying)
      moved = moved.keeping(answer.staying)
      let direction = inScope(answer.gradient * mask) { ball.norm.step($0) }
      moved = inScope(moved + direction * length) { ball.limited($0) }
    }
  }

  /// Applies a function for examples to what the radius bounds.
  private func inScope(_ tensor: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
    guard scope == .token else { return function(tensor) }
    return function(tensor.reshaped([-1, tensor.size(-1)])).reshaped(tensor.shape)
  }

  private func lengths(of perturbation: Tensor, _ ball: Ball) -> Tensor {
    guard scope == .token else { return ball.length(of: perturbation) }
    let each = ball.length(of: perturbation.reshaped([-1, perturbation.size(-1)]))
    return each.reshaped([perturbation.size(0), -1]).max(along: 1)
  }

  /// Random points of the ball, drawn for the vectors that count alone.
  private func start(
    like vectors: Tensor, _ mask: Tensor, _ ball: Ball, _ streams: [RandomStream]
  ) -> Tensor {
    let places = mask.expanded(vectors.shape).select(0, along: -1).notEqual(to: 0)
    let size = vectors.size(-1)
    let rows = streams.indices.map { row -> Tensor in
      let counted = places[row].nonZeroIndices().squeezed(1)
      let count = counted.size(0)
      var stream = [streams[row]]
      let points =
        scope == .sequence
        ? ball.randomPerturbations(like: Tensor.zeros([1, count, size]), streams: &stream)[0]
        : Tensor.concatenated(
          (0..<count).map { _ in
            ball.randomPerturbations(like: Tensor.zeros([1, size]), streams: &stream)
          })
      return Tensor.zeros(like: vectors[row]).replacing(
        at: [counted], with: points.to(vectors.dtype).to(vectors.device))
    }
    return Tensor.stacked(rows)
  }
}
