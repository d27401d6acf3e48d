import Perturbations
import Reports

/// Doubts about a model's outputs as such, whatever they mean.
enum OutputFlags {
  /// Whether outputs are numbers.
  static func notFinite(_ subject: Subject) throws -> Flag {
    let count = subject.clean.nonFiniteCount
    return try Flag(
      id: "outputs.not_finite", raised: count > 0, value: Double(count), threshold: 0,
      meaning: "The model returns NaN or infinity for some clean examples, counted as wrong.",
      remedy: "Look for divisions by zero and overflow in the model.")
  }

  /// Whether outputs are probabilities, on which the losses of attacks are flat.
  static func probabilities(share: Double, remedy: String) throws -> Flag {
    try Flag(
      id: "outputs.probabilities", check: "B2", raised: share > Target.probabilityBound,
      value: share, threshold: Target.probabilityBound,
      meaning:
        "The model returns probabilities, not logits, so gradients of attacks are flattened.",
      remedy: remedy)
  }
}
