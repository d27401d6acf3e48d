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
  /// Whether examples leave once they are broken. Off, every step is executed for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    steps: Int = 20, restarts: Int = 1, scope: Scope = .sequence, hasRandomStart: Bool = true,
    loss: AttackLoss = .crossEntropy, stopsEarly: Bool = true
  ) {
    self.steps = steps
    self.restarts = restarts
    self.scope = scope
    self.hasRandomStart = hasRandomStart
    self.loss = loss
    self.stopsEarly = stopsEarly
  }

  /// The length of a step in a ball, in units of its radius, with which any point of it can be
  /// reached from any other.
  public func stepSize(radius: Double) -> Double { 2.5 * radius / Double(steps) }

  /// `embedding-pgd`.
  public var name: String { "embedding-pgd" }
  /// All settings.
  public var settings: [(name: String, value: String)] {
    [
      ("steps", "\(steps)"), ("stepSize", "2.5 * radius / steps"), ("restarts", "\(restarts)"),
      ("scope", scope.rawValue), ("randomStart", "\(hasRandomStart)"), ("loss", loss.name),
      ("stopsEarly", "\(stopsEarly)"),
    ]
  }

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
    for (name, value) in [("steps", steps), ("restarts", restarts)] where value < 1 {
      throw PerturbationError.setting(name: name, value: Double(value), allowed: "at least 1")
    }
    let ball = try Ball(ball.norm, radius: ball.radius)
    return try withoutGradients {
      let vectors = try embedding.embedding(of: batch.inputs)
      let clean = try embedding.logits(ofEmbedding: vectors, of: batch.inputs)
      let broken = Target.isCorrect(clean, batch.labels).not().values(as: Bool.self)
      let texts = Texts(
        inputs: batch.inputs, mask: try embedding.mask(of: batch.inputs, vectors: vectors))
      var search = Search(
        batch.replacing(inputs: vectors), ball: ball,
        isBroken: broken, stopsEarly: stopsEarly)
      for restart in 0..<restarts where !search.active.isEmpty {
        if restart > 0 { search.restart() }
        try climb(embedding, texts, ball, context, restart, &search)
      }
      var result = search.result()
      let lengths = lengths(of: result.adversarial - vectors, ball).values(as: Double.self)
      result.distance = zip(result.success, lengths).map { $0 ? $1 : nil }
      return result
    }
  }

  /// What the vectors stand for.
  private struct Texts {
    var inputs: Tensor
    var mask: Tensor

    func selecting(_ rows: [Int]) -> Texts {
      Texts(inputs: inputs.selecting(rows: rows), mask: mask.selecting(rows: rows))
    }
  }

  /// One ascent from one start, for all examples that are active.
  private func climb(
    _ embedding: FrozenEmbedding, _ all: Texts, _ ball: Ball, _ context: Context, _ restart: Int,
    _ search: inout Search
  ) throws {
    var texts = all.selecting(search.active)
    var centers = search.centers
    var labels = search.labels
    var moved = centers
    if hasRandomStart {
      let streams = context.streams("embedding-pgd.start.\(restart)", examples: search.indices)
      moved = centers + start(like: centers, texts.mask, ball, streams)
    }
    let length = stepSize(radius: ball.radius)
    for step in 0...steps {
      let target = Target(classCount: 0) { [texts] in
        try embedding.logits(ofEmbedding: $0, of: texts.inputs)
      }
      let (logits, losses, gradient) = try target.gradient(at: moved) {
        loss($0, labels: labels, targets: nil)
      }
      var ascent = gradient * texts.mask
      let staying = search.record(
        moved, losses: losses, isBroken: Target.isCorrect(logits, labels).not(),
        countsIteration: step > 0)
      if search.active.isEmpty || step == steps { return }
      if let staying {
        texts = texts.selecting(staying)
        centers = centers.selecting(rows: staying)
        labels = labels.selecting(rows: staying)
        moved = moved.selecting(rows: staying)
        ascent = ascent.selecting(rows: staying)
      }
      let direction = inScope(ascent) { ball.norm.step($0) }
      moved = centers + inScope(moved + direction * length - centers) { ball.limited($0) }
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
