import Torch

/// The ensemble of Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of
/// diverse parameter-free attacks" (ICML 2020), in its published compositions.
///
/// Every attack sees only the examples that still stand, and misclassified clean examples count as broken.
/// With fewer than ten classes there are as many targets as other classes.
public struct AutoAttack: CompositeAttack {
  /// Which composition.
  public enum Version: String, Sendable, CaseIterable {
    /// APGD with cross-entropy, targeted APGD, targeted FAB, Square; in L1 with the restarts, targets and
    /// larger radii of Croce and Hein, "Mind the box" (ICML 2021).
    case standard
    /// APGD with cross-entropy and with the ratio of differences of logits, FAB, each five times, Square,
    /// targeted APGD, targeted FAB.
    case plus
    /// APGD with both losses on a random model, every answer averaged over 20 passes.
    case rand
  }

  /// Which composition.
  public var version: Version

  /// The ensemble.
  public init(version: Version = .standard) { self.version = version }

  /// `autoattack`.
  public static let about = AttackDescription(
    name: "autoattack",
    summary: "The published ensemble: APGD, targeted APGD, targeted FAB, Square.",
    kind: .ensemble, norms: ["linf", "l2", "l1"],
    cost: "about 8000 forward and 2000 backward passes where nothing breaks it",
    source: """
      Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse \
      parameter-free attacks", ICML 2020
      """)

  /// The composition.
  public static let options: [AttackOption<AutoAttack>] = [
    AttackOption("version", \.version, "Which of the published compositions.")
  ]

  /// Runs one attack after the other.
  public func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context, engine: AttackEngine,
    journal: AttackJournal?, progress: (@Sendable (AttackProgress) -> Void)?
  ) throws -> AttackResult {
    let isRandom = version == .rand && target.samples == 1
    return try Ensemble(stages: stages(in: ball.norm)).run(
      on: isRandom ? target.averaged(over: 20) : target, batch, within: ball, context: context,
      engine: engine, journal: journal, progress: progress)
  }

  private func stages(in norm: any Norm) -> [Ensemble.Stage] {
    let isL1 = norm is L1
    func ascent(_ loss: AttackLoss, restarts: Int) -> any Attack {
      AutoProjectedGradient(restarts: restarts, loss: loss)
    }
    switch version {
    case .standard:
      return [
        .init("apgd-ce", ascent(.crossEntropy, restarts: isL1 ? 5 : 1)),
        .init("apgd-t", TargetedAutoProjectedGradient(targetClasses: isL1 ? 5 : 9)),
        .init("fab-t", TargetedFastAdaptiveBoundary(polishes: false)), .init("square", Square()),
      ]
    case .plus:
      return [
        .init("apgd-ce", ascent(.crossEntropy, restarts: 5)),
        .init("apgd-dlr", ascent(.differenceOfLogitsRatio, restarts: 5)),
        .init("fab", FastAdaptiveBoundary(restarts: 5, polishes: false)),
        .init("square", Square()),
        .init("apgd-t", TargetedAutoProjectedGradient()),
        .init("fab-t", TargetedFastAdaptiveBoundary(polishes: false)),
      ]
    case .rand:
      return [
        .init("apgd-ce", ascent(.crossEntropy, restarts: 1)),
        .init("apgd-dlr", ascent(.differenceOfLogitsRatio, restarts: 1)),
      ]
    }
  }
}
