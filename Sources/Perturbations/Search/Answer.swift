import Torch

/// What a model said to the candidates of an attack, for the examples that stay in the search.
struct Answer {
  /// The logits, `[n, K]`, or `[n, m, K]` for several candidates of every example.
  var logits: Tensor
  /// What is climbed, `[n]` or `[n, m]`.
  var losses: Tensor
  /// The gradient of the losses with respect to the perturbations, `[n, …]`; zero where none
  /// was asked for.
  var gradient: Tensor
  /// Whether the attack has succeeded, `[n]` or `[n, m]`.
  var isBroken: Tensor
  /// The rows of the candidates that stay, where some left: whatever an attack remembers of them is to
  /// be reduced to these rows, as the answer is already.
  var staying: [Int]?

  func selecting(_ rows: [Int]) -> Answer {
    Answer(
      logits: logits.selecting(rows: rows), losses: losses.selecting(rows: rows),
      gradient: gradient.rank > 0 ? gradient.selecting(rows: rows) : gradient,
      isBroken: isBroken.selecting(rows: rows), staying: rows)
  }
}

extension Tensor {
  /// The rows that stay, all where none left.
  func keeping(_ rows: [Int]?) -> Tensor { rows.map { selecting(rows: $0) } ?? self }
}
