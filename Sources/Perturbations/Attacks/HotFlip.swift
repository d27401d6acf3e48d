import Networks
import Torch

/// Exchanges words, one after the other, for those that by the gradient hurt most.
///
/// Ebrahimi et al., "HotFlip: white-box adversarial examples for text classification", ACL 2018: what
/// the exchange of the word at position i for word v adds to the loss is `(e_v - e_i) · ∂L/∂e_i` to
/// first order. The best exchanges by this score are tried with the real words, the one with the
/// largest loss is made, and the gradient is taken anew. An example counts as broken only when the
/// model fails on its real words. Padding is never exchanged nor put in, and no position is exchanged
/// twice, so the distance is the number of exchanged words. The ball is not looked at.
public struct HotFlip: Attack {
  /// How many words may be exchanged, at least 1.
  public var flips: Int
  /// How many exchanges are tried with the real words before one is made, at least 1.
  public var candidates: Int
  /// What is climbed.
  public var loss: AttackLoss
  /// Numbers of words that are never put in; of a vocabulary, padding and the unknown word.
  public var excluded: [Int]
  /// Whether examples leave once they are broken. Off, all flips are made for every example.
  public var stopsEarly: Bool

  /// The attack.
  public init(
    flips: Int = 3, candidates: Int = 10, loss: AttackLoss = .margin, excluded: [Int] = [0, 1],
    stopsEarly: Bool = true
  ) {
    self.flips = flips
    self.candidates = candidates
    self.loss = loss
    self.excluded = excluded
    self.stopsEarly = stopsEarly
  }

  /// `hotflip`.
  public static let about = AttackDescription(
    name: "hotflip",
    summary: "Exchanges words, one after the other, by the gradient of their vectors.",
    kind: .fixedBudget, norms: [],
    cost: "candidates + 1 forward passes and a backward pass an exchange",
    source: """
      Ebrahimi et al., "HotFlip: white-box adversarial examples for text classification", ACL 2018
      """)

  /// All settings but the words that are never put in.
  public static let options: [AttackOption<HotFlip>] = [
    AttackOption("flips", \.flips, "How many words may be exchanged."),
    AttackOption("candidates", \.candidates, "How many exchanges are tried before one is made."),
    AttackOption(loss: \.loss),
    AttackOption(stopsEarly: \.stopsEarly),
  ]

  /// Exchanges words until the model fails.
  ///
  /// - Throws: ``PerturbationError`` where the target's inputs are not words, and for settings below
  ///   1.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult {
    guard let embedding = target.embedding, let vectors = embedding.vectors else {
      throw PerturbationError.needsVectors(attack: name)
    }
    try validate(for: ball)
    let clean = try withoutGradients { try target.logits(batch.inputs) }
    let isBroken = Target.isCorrect(clean, batch.labels).not().values(as: Bool.self)
    var state = State(
      tokens: batch.inputs, isBroken: isBroken,
      flips: Array(repeating: 0, count: batch.count),
      queries: Array(repeating: 1, count: batch.count))
    let allowed = exclusion(of: vectors)
    for _ in 0..<flips {
      let active = batch.indices.indices.filter { !state.isBroken[$0] || !stopsEarly }
      if active.isEmpty { break }
      let rows = try flip(active, batch, target, embedding, vectors, allowed, state.tokens)
      for (position, row) in zip(active, rows) {
        guard let row else { continue }
        state.take(row, at: position)
      }
    }
    return state.result(of: batch)
  }

  /// What is added to every word's score: nothing, or minus infinity for those never put in.
  private func exclusion(of vectors: Tensor) -> Tensor {
    let count = vectors.size(0)
    var values = [Double](repeating: 0, count: count)
    for word in excluded where values.indices.contains(word) { values[word] = -.infinity }
    return Tensor(values).to(vectors.dtype).to(vectors.device)
  }

  /// The best exchange of every active example, tried with the real words; `nil` where no position
  /// is left.
  private func flip(
    _ active: [Int], _ batch: Batch, _ target: Target, _ embedding: FrozenEmbedding,
    _ vectors: Tensor, _ allowed: Tensor, _ tokens: Tensor
  ) throws -> [Trial?] {
    let current = tokens.selecting(rows: active)
    let labels = batch.labels.selecting(rows: active)
    let gradient = try withGradients(enabled: true) {
      let variable = try embedding.embedding(of: current).variable()
      let losses = loss(
        try embedding.logits(ofEmbedding: variable, of: current), labels: labels, targets: nil)
      return Torch.gradient(of: losses.sum(), withRespectTo: variable)
    }
    let original = batch.inputs.selecting(rows: active)
    let isFree = original.equal(to: current).and(current.notEqual(to: 0))
    return try withoutGradients {
      try active.indices.map { row in
        let scores = scores(
          gradient[row], tokens: current[row], isFree: isFree[row], vectors, allowed)
        return try best(of: scores, for: current[row], label: labels[row], target)
      }
    }
  }

  /// The first-order gain of every exchange, `[L, V]`; minus infinity for those not to be made.
  private func scores(
    _ gradient: Tensor, tokens: Tensor, isFree: Tensor, _ vectors: Tensor, _ allowed: Tensor
  ) -> Tensor {
    let gradient = gradient.where(gradient.isFinite, else: 0)
    let products = gradient.matmul(vectors.transposed())
    let own = products.gathering(tokens.unsqueezed(1), along: 1)
    let gains = (products - own + allowed).scattering(
      -.infinity, at: tokens.unsqueezed(1), along: 1)
    return gains.filled(where: isFree.not().unsqueezed(1), with: -.infinity)
  }

  private func best(
    of scores: Tensor, for tokens: Tensor, label: Tensor, _ target: Target
  ) throws -> Trial? {
    let words = scores.size(1)
    let top = scores.flattened().top(min(candidates, scores.count))
    let places = zip(top.indices.values(as: Int.self), top.values.values(as: Double.self))
      .filter { $0.1 > -.infinity }.map(\.0)
    guard !places.isEmpty else { return nil }
    let rows = Tensor.stacked(
      places.map { place in
        tokens.scattering(
          Double(place % words), at: Tensor([place / words]).to(tokens.device), along: 0)
      })
    let labels = label.unsqueezed(0).expanded([places.count])
    let logits = try target.logits(rows)
    let losses = loss(logits, labels: labels, targets: nil).values(as: Double.self)
    let isWrong = Target.isCorrect(logits, labels).not().values(as: Bool.self)
    // A word that makes the model fail wins over one with a larger loss that does not.
    let chosen = losses.indices.max {
      (isWrong[$0] ? 1 : 0, losses[$0], -$0) < (isWrong[$1] ? 1 : 0, losses[$1], -$1)
    }
    return chosen.map { Trial(tokens: rows[$0], isBroken: isWrong[$0], queries: 1 + places.count) }
  }

  /// What became of one example's best exchange.
  private struct Trial {
    let tokens: Tensor
    let isBroken: Bool
    let queries: Int
  }

  /// How far the examples of a batch have come.
  private struct State {
    var tokens: Tensor
    var isBroken: [Bool]
    var flips: [Int]
    var queries: [Int]

    mutating func take(_ trial: Trial, at position: Int) {
      queries[position] += trial.queries
      // What broke stays as it was when it did.
      guard !isBroken[position] else { return }
      tokens = tokens.replacing(
        at: [Tensor([position]).to(tokens.device)], with: trial.tokens.unsqueezed(0))
      isBroken[position] = trial.isBroken
      flips[position] += 1
    }

    func result(of batch: Batch) -> AttackResult {
      AttackResult(
        indices: batch.indices, adversarial: tokens, success: isBroken,
        distance: zip(isBroken, flips).map { $0 ? Double($1) : nil }, iterations: flips,
        queries: queries, gradients: flips)
    }
  }
}
