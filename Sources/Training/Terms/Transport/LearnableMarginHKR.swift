import Datasets
import Foundation
import Networks
import Torch

/// hKR whose margins are learned, from the share of examples that may lie inside of them (Serrurier
/// et al., "When adversarial attacks become interpretable counterfactual explanations", first version of
/// arXiv 2206.06854, 2022).
///
/// For two classes the loss is `-KR + λ (E(m - y f)₊ - α m)`. Its slope in m is `λ (P(y f < m) - α)`,
/// so that the best m is the α-quantile of `y f`: a share α of the examples is inside the margin. (With
/// `+ α m`, as it is printed in places, the best m is 0.) For K classes there is a margin for each, and
/// the loss is `-KR + λ E((m_y - ½ f_y + ½ Σ_{k ≠ y} σₖ fₖ)₊ - α m_y)` with σ a softmax over the
/// classes but y. With `λ ≈ 1 / α` both parts pull equally.
///
/// Margins are positive: a softplus of what the optimiser moves.
public final class LearnableMarginHKR: Term {
  private let alpha: Double
  private let lambda: Double
  private let start: Double
  private var rawMargins: Parameter

  /// The term, for two classes until it is told of other data.
  ///
  /// - Parameters:
  ///   - alpha: the share of examples that may lie inside the margin, above 0 and below 1.
  ///   - lambda: the weight of the hinge, at least 0; `1 / α` when `nil`.
  ///   - start: the margin at the start, positive, in the unit of the inputs.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for a number out of range.
  public init(alpha: Double, lambda: Double? = nil, start: Double = 0.1) throws(TrainingError) {
    guard alpha > 0, alpha < 1 else {
      throw .setting(name: "alpha", value: "\(alpha)", allowed: "above 0 and below 1")
    }
    guard start > 0, start.isFinite else {
      throw .setting(name: "start", value: "\(start)", allowed: "positive and finite")
    }
    self.alpha = alpha
    self.lambda = try HingeRegularisation(lambda: lambda ?? 1 / alpha, margin: 0).lambda
    self.start = start
    rawMargins = Self.parameter(count: 1, start: start)
  }

  /// The softplus of the parameter is the margin.
  private static func parameter(count: Int, start: Double) -> Parameter {
    let raw = start + log(-expm1(-start))
    return Parameter(wrappedValue: .full([count], raw))
  }

  /// It can be as negative as the classes are far apart.
  public var isBoundedBelowByZero: Bool { false }
  /// The mean margin, and the share of examples inside.
  public var measures: [String] { ["margin", "inside"] }
  /// The same for labels.
  public var alternative: String { "use hkr in its place, which has a loss for every label" }
  /// The margins, before their softplus.
  public var parameters: [Parameter] { [rawMargins] }
  /// The margin for two classes, or one a class.
  public var margins: [Double] {
    positive.detached().to(.float64).values(as: Double.self)
  }

  private var positive: Tensor { rawMargins.value.softplus() }

  /// Takes one margin a class, where there are more than two.
  public func prepare(for data: Dataset) {
    let classes = data.classNames.count
    rawMargins = Self.parameter(count: classes > 2 ? classes : 1, start: start)
  }

  /// The loss of the batch.
  public func value(in step: StepContext) -> Tensor {
    let functions = SignedScores(step.logits, of: step.batch)
    let all = positive.to(functions.scores.device).to(functions.scores.dtype)
    let (margins, missing): (Tensor, Tensor)
    if functions.kind == .classes {
      margins = all.selecting(rows: step.batch.labels)
      missing = margins - Self.lead(functions)
    } else {
      margins = all
      missing = all - (functions.signs * functions.scores).flattened()
    }
    step.measure("margin", margins.detached().mean().item)
    step.measure("inside", missing.detached().greater(than: 0).to(.float64).mean().item)
    return (missing.relu().mean() - margins.mean() * alpha) * lambda
      - functions.kantorovichRubinstein
  }

  /// Half of how far the own class is before the others, weighted by a softmax.
  private static func lead(_ functions: SignedScores) -> Tensor {
    let isOwn = functions.signs.greater(than: 0)
    let shares = functions.scores.filled(where: isOwn, with: -.infinity).softmax(along: 1)
    return ((isOwn.to(functions.scores.dtype) - shares) * functions.scores).sum(along: 1) * 0.5
  }
}

extension LearnableMarginHKR: RegisteredTerm {
  static let name = "learnable-margin-hkr"
  static let options = ["alpha", "lambda", "start"]

  convenience init(_ options: TermOptions) throws(TrainingError) {
    try self.init(
      alpha: try options.number(
        "alpha", default: 0.1, in: Double.leastNonzeroMagnitude...1.0.nextDown,
        "above 0 and below 1"),
      lambda: try options.values["lambda"].map { _ throws(TrainingError) in
        try options.notNegative("lambda", default: 0)
      },
      start: try options.positive("start") ?? 0.1)
  }
}
