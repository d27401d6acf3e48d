import Torch

/// What an attack climbs: one number an example, larger when the model is closer to failing.
public struct AttackLoss: Sendable {
  /// The name in reports and on the command line.
  public let name: String
  private let value: @Sendable (_ logits: Tensor, _ labels: Tensor, _ targets: Tensor?) -> Tensor

  /// A loss.
  ///
  /// - Parameter value: from logits `[N, K]`, labels `[N]` and, where one class is to be reached,
  ///   targets `[N]` to `[N]`.
  public init(
    name: String,
    value: @escaping @Sendable (_ logits: Tensor, _ labels: Tensor, _ targets: Tensor?) -> Tensor
  ) {
    self.name = name
    self.value = value
  }

  /// The loss of every example: of leaving `labels`, or of reaching `targets` where there are any.
  public func callAsFunction(_ logits: Tensor, labels: Tensor, targets: Tensor?) -> Tensor {
    value(logits, labels, targets)
  }

  /// The cross-entropy of leaving a class, or less the cross-entropy of the one to reach.
  public static let crossEntropy = AttackLoss(name: "cross-entropy") { logits, labels, targets in
    targets.map { -logits.crossEntropy($0, reduction: .none) }
      ?? logits.crossEntropy(labels, reduction: .none)
  }

  /// The largest logit of the other classes less the class's own, turned round for a target; positive
  /// where the attack has succeeded.
  public static let margin = AttackLoss(name: "margin") { logits, labels, targets in
    let margin = logits.largestOther(than: targets ?? labels) - logits.own(targets ?? labels)
    return targets == nil ? margin : -margin
  }

  /// The difference of logits ratio (Croce and Hein, "Reliable evaluation of adversarial robustness
  /// with an ensemble of diverse parameter-free attacks", ICML 2020, equations 6 and 7).
  ///
  /// `(max_{i≠y} z_i - z_y) / (z_(1) - z_(3))`, or for a target `(z_t - z_y) / (z_(1) - (z_(3) +
  /// z_(4)) / 2)`: neither shift nor scale of the logits changes it. Three classes have no fourth logit
  /// and two no third: then it is left out, and for two classes the margin remains.
  public static let differenceOfLogitsRatio = AttackLoss(name: "dlr") { logits, labels, targets in
    let own = logits.own(labels)
    let classCount = logits.size(1)
    guard classCount > 2 else {
      return (targets.map { logits.own($0) } ?? logits.largestOther(than: labels)) - own
    }
    let top = logits.top(min(4, classCount), along: 1)
    func rank(_ position: Int) -> Tensor { top.values.select(position - 1, along: 1) }
    let isFirst = top.indices.select(0, along: 1).equal(to: labels)
    let reached = targets.map { logits.own($0) } ?? rank(2).where(isFirst, else: rank(1))
    let low = targets == nil || classCount == 3 ? rank(3) : (rank(3) + rank(4)) * 0.5
    return (reached - own) / (rank(1) - low + 1e-12)
  }

  /// All losses, by whose names commands find them.
  public static let all: [AttackLoss] = [.crossEntropy, .margin, .differenceOfLogitsRatio]
}

extension Tensor {
  /// The logit of every example's class, `[N, K]` and `[N]` to `[N]`.
  func own(_ classes: Tensor) -> Tensor {
    gathering(classes.unsqueezed(1), along: 1).squeezed(1)
  }

  /// The largest logit beside every example's class, `[N, K]` and `[N]` to `[N]`.
  func largestOther(than classes: Tensor) -> Tensor {
    filled(where: classes.oneHot(classCount: size(1)).to(.bool), with: -.infinity).max(along: 1)
  }
}
