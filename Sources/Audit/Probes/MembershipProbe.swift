import Datasets
import Inversion
import Reports
import Statistics
import Torch

/// Whether a classifier's answers tell which examples it was trained on.
public struct MembershipProbe: Probe {
  /// The probe.
  public init() {}

  /// `membership`.
  public var name: String { "membership" }

  /// Classifiers of numbers of which it is known what they learned from.
  public func suits(_ subject: Subject) -> Bool {
    subject.learned != nil && subject.data.vocabulary == nil && subject.data.outputs == .classes
  }

  /// Asks for members by one answer, by decisions alone, and in longer audits by shadow models.
  public func run(on subject: Subject) throws -> Evidence {
    guard let learned = subject.learned else { return Evidence() }
    let settings = subject.settings
    let count = settings.membershipCount
    let inference = try MembershipInference(
      of: subject.classifier, members: learned.members.prefix(min(count, learned.members.count)),
      others: learned.others.prefix(min(count, learned.others.count)),
      bootstrap: Bootstrap(.percentile, resamples: settings.resamples), seed: subject.context.seed)
    var attacks = MembershipAttacks()
    attacks.shadows = settings.shadowModels
    // Shifted tables and sounds mean something else, or nothing.
    attacks.shifts = subject.data.inputShape.count == 3 ? 1 : nil
    var shadows: ShadowModels?
    if let training = learned.training, attacks.shadows > 0, subject.context.device == .cpu {
      shadows = try ShadowModels.trained(
        attacks.shadows, on: inference.pool, by: training, context: subject.context)
    }
    let rows = try attacks.rows(of: inference, shadows: shadows, context: subject.context)
    return Evidence(
      findings: try MembershipFindings(inference, rows, family: "leakage.membership.").all()
        .map(\.finding))
  }
}
