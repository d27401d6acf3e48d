import Torch

/// What an attack climbs: one number an example, larger when the model is closer to failing.
public struct AttackLoss: Sendable {
  /// The name in reports and on the command line.
  public let name: String
  private let value: @Sendable (_ logits: Tensor, _ classes: Tensor) -> Tensor

  /// A loss from a function of logits `[N, K]` and classes `[N]` that returns `[N]`.
  public init(
    name: String, value: @escaping @Sendable (_ logits: Tensor, _ classes: Tensor) -> Tensor
  ) {
    self.name = name
    self.value = value
  }

  /// The loss of every example: of leaving `labels`, or of reaching `targets` where there are any.
  public func callAsFunction(_ logits: Tensor, labels: Tensor, targets: Tensor?) -> Tensor {
    targets.map { -value(logits, $0) } ?? value(logits, labels)
  }

  /// The cross-entropy.
  public static let crossEntropy = AttackLoss(name: "cross-entropy") {
    $0.crossEntropy($1, reduction: .none)
  }

  /// The largest logit of the other classes less the class's own; positive where the model is wrong.
  public static let margin = AttackLoss(name: "margin") { logits, classes in
    let own = logits.gathering(classes.unsqueezed(1), along: 1).squeezed(1)
    let others = logits.filled(
      where: classes.oneHot(classCount: logits.size(1)).to(.bool), with: -.infinity)
    return others.max(along: 1) - own
  }

  /// All losses, by whose names commands find them.
  public static let all: [AttackLoss] = [.crossEntropy, .margin]
}
