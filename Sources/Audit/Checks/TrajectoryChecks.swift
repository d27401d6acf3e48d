import Perturbations
import Reports
import Torch

/// What attacks did on their way: D1 to D4 and D7.
///
/// Pintor et al., "Indicators of attack failure", NeurIPS 2022.
struct TrajectoryChecks {
  let outcome: RobustnessOutcome
  let subject: Subject

  private var norm: String { outcome.norm.name }
  private var settings: AuditSettings { subject.settings }
  private var count: Int { min(settings.probedCount, subject.attackedCount) }

  func flags() throws -> [Flag] {
    guard count > 0, !outcome.radii.isEmpty else { return [] }
    let radius = outcome.radii[outcome.tellingIndex(of: count)]
    var attack = AttackPlan.projected(settings, radius: radius)
    (attack.restarts, attack.stopsEarly) = (1, false)
    let correct = (0..<count).filter { subject.clean.correct[$0] }
    guard !correct.isEmpty else { return [] }
    let trajectory = try AttackTrajectory(
      of: attack, on: subject.target, subject.attackedBatch.selecting(correct),
      within: Ball(outcome.norm, radius: radius, box: subject.box), subject: subject)
    let scope =
      "PGD on \(correct.count) examples, radius \(FindingID.part(for: radius)) in \(norm)."
    return [
      try silent(trajectory, scope), try incomplete(trajectory, scope), try unstable(correct),
      try transfer(), try clamped(trajectory, scope),
    ]
  }

  /// D1: a failure of the model that the attack passed and did not give back.
  private func silent(_ trajectory: AttackTrajectory, _ scope: String) throws -> Flag {
    let value = trajectory.silentShare
    return try Flag(
      id: "attack.silent_success.\(norm)", check: "D1", raised: value > 0, value: value,
      threshold: 0,
      meaning:
        "The attack passes inputs on which the model fails and does not report them. \(scope)",
      remedy: "Keep the best iterate of every example, as the attacks here do.")
  }

  /// D2: a loss that still rises at the end, on examples that stand; broken ones need no more steps and
  /// count as zero.
  private func incomplete(_ trajectory: AttackTrajectory, _ scope: String) throws -> Flag {
    // 10 iterations of 100; of fewer a tenth, since the first half of a short way is no end.
    let window = max(1, min(10, settings.steps / 10))
    let rises = zip(trajectory.lateRises(window: window), trajectory.success).map { $1 ? 0 : $0 }
    let standing = trajectory.success.filter { !$0 }.count
    let value = rises.isEmpty ? 0 : rises.reduce(0, +) / Double(rises.count)
    return try Flag(
      id: "attack.incomplete.\(norm)", check: "D2", raised: value > 0.05, value: value,
      threshold: 0.05,
      meaning: """
        The loss still climbs in the last \(window) iterations on the examples that stand (\(standing)): the \
        attack stopped too soon. The value is the mean part of its way, zero where it succeeded. \(scope)
        """,
      remedy: "Attack with more steps or longer ones (audit --heal, or --profile full).")
  }

  /// D3: predictions that jump around an example, where a gradient says nothing about the neighbourhood.
  ///
  /// The mean relative change of the cross-entropy in a cube of 4/255 of the range round the clean input,
  /// 100 draws, at most 1 an example.
  private func unstable(_ positions: [Int]) throws -> Flag {
    let draws = 100
    let radius = subject.unit * 4 / 255
    let cells = try subject.engine.map(
      subject.attackedBatch.selecting(positions), context: subject.context
    ) { batch in
      try Self.variation(of: subject.target, batch, radius: radius, draws: draws, subject)
    }
    let values = cells.flatMap { $0 }.filter(\.isFinite)
    let value = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    return try Flag(
      id: "outputs.unstable", check: "D3", raised: (value ?? 0) > 0.1, value: value,
      threshold: 0.1,
      meaning: """
        The loss jumps when inputs move by 4/255 of their range, so gradients say nothing about their \
        neighbourhood: mean relative change over \(draws) draws on \(positions.count) examples\
        \(value == nil ? "; where the loss is zero there is nothing to compare with" : "").
        """,
      remedy: "Attack the mean over 20 passes or a smoothed stand-in (audit --heal).")
  }

  private static func variation(
    of target: Target, _ batch: Batch, radius: Double, draws: Int, _ subject: Subject
  ) throws -> [Double] {
    try withoutGradients {
      func losses(_ inputs: Tensor) throws -> Tensor {
        try target.logits(inputs).crossEntropy(batch.labels, reduction: .none).to(.float64)
      }
      let clean = try losses(batch.inputs)
      let shape = Array(batch.inputs.shape.dropFirst())
      var sum = Tensor.zeros(like: clean)
      for draw in 0..<draws {
        var streams = subject.context.streams("checks.unstable.\(draw)", examples: batch.indices)
        let change = LInf().randomPoints(
          shape, radius: radius, dtype: batch.inputs.dtype, streams: &streams)
        let moved = try losses(batch.inputs + change.to(batch.inputs.device))
        sum = sum + (moved - clean).abs() / clean.abs()
      }
      let means = (sum / Double(draws)).values(as: Double.self)
      // A loss of zero has no relative change.
      return zip(means, clean.values(as: Double.self)).map { $1 == 0 ? .nan : min(1, $0) }
    }
  }

  /// D4: attacks here run on the deployed model itself, so nothing has to transfer.
  private func transfer() throws -> Flag {
    try Flag(
      id: "attack.transfer_fails.\(norm)", check: "D4", raised: false, value: nil,
      meaning:
        "The attacks ran on the model itself and on no stand-in, so nothing had to transfer.",
      remedy: "Attack the deployed model, not a stand-in alone.")
  }

  /// D7: for information, no bound is known.
  private func clamped(_ trajectory: AttackTrajectory, _ scope: String) throws -> Flag {
    let shares = trajectory.clampedShares
    return try Flag(
      id: "attack.clamped.\(norm)", check: "D7", raised: false,
      value: shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count),
      meaning: """
        The share of features at an end of the ball or of the box when the attack ended, for \
        information: no bound is known beyond which it is wrong. \(scope)
        """,
      remedy: "Compare with other norms and radii.")
  }
}
