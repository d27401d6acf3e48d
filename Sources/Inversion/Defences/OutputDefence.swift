import Torch

/// A change of a classifier's probabilities before anybody sees them.
public protocol OutputDefence: Sendable {
  /// What it is, with its settings.
  var name: String { get }
  /// What gradients go through it.
  var slope: OutputSlope { get }
  /// Checks that the defence is one for so many classes.
  ///
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  func check(classCount: Int) throws(InversionError)
  /// Logits `[N, K]` of which the softmax is what is answered, of logarithms of probabilities `[N, K]`.
  func defend(_ logProbabilities: Tensor) -> Tensor
}

extension OutputDefence {
  /// The least probability that an answer can have, since logits of 0 are infinite.
  static var least: Double { 1e-9 }

  /// What is answered, with the gradients that are asked for.
  func answer(_ defended: Tensor, of plain: Tensor, slope: OutputSlope) -> Tensor {
    switch slope {
    case .exact: defended
    case .straightThrough: plain + (defended - plain).detached()
    }
  }
}

/// What gradients go through an ``OutputDefence``.
public enum OutputSlope: String, Sendable, CaseIterable, Codable {
  /// Those of what is answered. Where they are zero an attack learns nothing, which is no protection: gradients
  /// are hidden, not what the classifier knows.
  case exact
  /// Those of the classifier without the defence (Athalye et al., ICML 2018; Bengio et al., arXiv 1308.3432), by
  /// which an attacker who has the weights gets round it. A defence is judged by this one.
  case straightThrough
}
