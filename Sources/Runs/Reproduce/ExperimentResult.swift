import Foundation
import Reports

/// What a store has of an experiment: its finished runs, what they say, and what became of the claims.
public struct ExperimentResult: Sendable {
  /// The experiment with all its runs.
  public let plan: ExperimentPlan
  /// The finished runs.
  public let members: [SweepMember]
  /// What the finished runs say; `nil` where there are none.
  public let analysis: SweepAnalysis?
  /// The claims of the file of experiments.
  public let claims: [JudgedClaim]
  /// The figures of the recipe.
  public let figures: [FigureTable]
  /// For every finding how many examples, people or other units stand behind a run's value, the fewest and the
  /// most.
  let exampleCounts: [String: ClosedRange<Int>]

  /// Reads a store.
  ///
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  public init(_ plan: ExperimentPlan, in store: RunStore) throws {
    self.plan = plan
    members = try plan.members(in: store)
    analysis =
      members.isEmpty
      ? nil
      : try SweepAnalysis(plan.plan, members: members, store: store, metrics: plan.findings)
    let judge = ClaimJudge(plan: plan.plan, members: members, analysis: analysis, store: store)
    claims = try plan.experiment.claims.map(judge.judge)
    figures = try judge.figures()
    var counts: [String: ClosedRange<Int>] = [:]
    for finding in try store.findings(of: members.map(\.run)).values.joined() {
      guard let count = finding.count else { continue }
      let range = counts[finding.id] ?? count...count
      counts[finding.id] = min(range.lowerBound, count)...max(range.upperBound, count)
    }
    exampleCounts = counts
  }

  /// The verdicts of all claims and figures.
  public var verdicts: [ClaimVerdict] { claims.map(\.verdict) + figures.flatMap(\.verdicts) }

  /// How long the finished runs worked, in seconds.
  public var seconds: Double { members.compactMap(\.run.seconds).reduce(0, +) }

  /// Whether every run is finished.
  public var isComplete: Bool { members.count == plan.runs.count }
}

extension ExperimentPlan {
  /// The findings that are read: those to be shown, and those that something was claimed of; all where nothing
  /// is named.
  fileprivate var findings: [String]? {
    guard let shown = experiment.metrics ?? plan.settings.metrics else { return nil }
    let published = plan.settings.published?.values.values.flatMap(\.keys) ?? []
    let forecast = plan.settings.forecast.values.flatMap(\.keys)
    let more = Set(experiment.claims.map(\.finding) + published + forecast).subtracting(shown)
    return shown + more.sorted()
  }
}
