import Foundation
import Reports
import Statistics

/// What the finished runs of a sweep say: a mean with its interval for every variant and finding, and
/// its comparison with the baseline.
public struct SweepAnalysis: Sendable {
  /// One variant's results for one finding.
  public struct Cell: Sendable {
    /// The variant.
    public let variant: String
    /// The value of every seed that is finished.
    public let values: [(seed: String, value: Double)]
    /// The mean over seeds.
    public let mean: Double
    /// The 95 % interval, where there is one.
    public let interval: Interval?
    /// What the interval is made from.
    public let basis: Basis
    /// What it is compared with; `nil` for a baseline itself.
    public internal(set) var baseline: String?
    /// The comparison with the baseline; `nil` for the baseline itself.
    public internal(set) var comparison: Comparison?
    /// What somebody predicted.
    public let forecast: Double?
    /// What somebody published of another network.
    public let published: Double?
  }

  /// What an interval is made from.
  public enum Basis: String, Sendable {
    /// The runs, by Student's t: what training again may give.
    case seeds = "t over seeds"
    /// The runs, by the bootstrap.
    case manySeeds = "bootstrap over seeds"
    /// The examples of the single run: what other examples may give.
    case examples = "examples of one run"
    /// The examples, each averaged over the runs: what other examples may give to these models.
    case allExamples = "bootstrap over examples"
    /// Nothing: a single run without an interval of its own.
    case none
  }

  /// A variant against the baseline.
  public struct Comparison: Sendable {
    /// The mean difference, the variant's less the baseline's, over seeds that both have.
    public let difference: Double
    /// Its 95 % interval, over the unit.
    public let interval: Interval?
    /// The number of seeds that both have.
    public let seedCount: Int
    /// The p value over seeds (paired t test); `nil` for fewer than two.
    public let seedPValue: Double?
    /// The p value over examples (sign-flip permutation, McNemar's exact test for one seed).
    public let examplePValue: Double?
    /// The mean difference in standard deviations of the differences over seeds, corrected for bias
    /// (Hedges' g); `nil` for fewer than three seeds.
    public let effect: Double?
    /// The p value of the unit that decides.
    public let pValue: Double?
    /// ``pValue`` corrected for all comparisons of the sweep (Holm).
    public internal(set) var adjusted: Double?
  }

  /// The results of all variants for one finding.
  public struct Metric: Sendable {
    /// The finding's name.
    public let id: String
    /// A few words for people.
    public let title: String
    /// The unit.
    public let unit: String
    /// Which direction is good.
    public let better: Finding.Direction
    /// The variants in the order of the sweep; those without a finished run are left out.
    public internal(set) var cells: [Cell]
  }

  /// The findings in order.
  public private(set) var metrics: [Metric]
  /// What the decisive p values take for a repetition.
  public let unit: SweepSettings.Unit
  /// The variants that others are compared with.
  public let baselines: [String]
  /// How many comparisons were corrected for.
  public let comparisonCount: Int

  /// Analyses the runs of a sweep's last round.
  ///
  /// - Parameters:
  ///   - members: the runs; those that are not finished are left out.
  ///   - metrics: the findings, in place of those that the recipe names.
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  public init(
    _ plan: SweepPlan, members: [SweepMember], store: RunStore, metrics chosen: [String]? = nil
  ) throws {
    let finished = members.filter { $0.run.status == .finished }
    let table = SweepValues(
      members: finished, findings: try store.findings(of: finished.map(\.run)))
    unit = plan.settings.unit ?? (plan.settings.seeds.count > 1 ? .seed : .example)
    baselines = plan.baselines
    let wanted = chosen ?? plan.settings.metrics
    var metrics: [Metric] = []
    for sample in table.samples where wanted?.contains(sample.id) ?? true {
      var cells: [Cell] = []
      for variant in plan.variants {
        let sums = OutcomeSums(sample.id, members: finished, store: store)
        guard
          let cell = try Self.cell(
            table, sample.id, variant.name, plan.settings, unit == .example ? sums : nil)
        else { continue }
        cells.append(cell)
      }
      for index in cells.indices {
        guard let baseline = plan.baseline(of: cells[index].variant) else { continue }
        cells[index].baseline = baseline
        cells[index].comparison = try SweepComparison(
          finding: sample.id, variant: cells[index].variant, baseline: baseline, unit: unit,
          members: finished, values: table, store: store
        ).comparison()
      }
      metrics.append(
        Metric(
          id: sample.id, title: sample.title, unit: sample.unit, better: sample.better,
          cells: cells))
    }
    if let wanted {
      metrics.sort { (wanted.firstIndex(of: $0.id) ?? 0) < (wanted.firstIndex(of: $1.id) ?? 0) }
    }
    comparisonCount = Self.correct(&metrics)
    self.metrics = metrics
  }

  private static func cell(
    _ table: SweepValues, _ finding: String, _ variant: String,
    _ settings: SweepSettings, _ examples: OutcomeSums?
  ) throws -> Cell? {
    let values = table.values(finding, of: variant)
    guard !values.isEmpty else { return nil }
    var generator = ResamplingGenerator(purpose: "sweep.interval.\(finding).\(variant)")
    let estimate = try MeanEstimate(of: values.map(\.value), using: &generator)
    var interval = estimate.interval
    var basis: Basis = estimate.method == .studentT ? .seeds : .manySeeds
    // Seeds that agree to the last digit, as where nobody is wrong, do not show that all others would.
    if interval == nil || estimate.standardDeviation == 0 {
      interval = table.interval(finding, of: variant)
      basis = interval == nil ? .none : .examples
    }
    if values.count > 1,
      let sums = try examples?.values(of: variant, seeds: values.map(\.seed))
    {
      let means = sums.map { $0 / Double(values.count) }
      interval = try Bootstrap(resamples: 2000).mean(of: means, using: &generator)
      basis = .allExamples
    }
    // A rate cannot leave 0...1, though Student's interval of three seeds can.
    if table.unit(of: finding) == Finding.rate { interval = interval?.clamped(to: 0...1) }
    return Cell(
      variant: variant, values: values, mean: estimate.mean, interval: interval, basis: basis,
      comparison: nil, forecast: settings.forecast[variant]?[finding],
      published: settings.published?.values[variant]?[finding])
  }

  /// Corrects the decisive p values of all comparisons of all findings together.
  private static func correct(_ metrics: inout [Metric]) -> Int {
    let places = metrics.indices.flatMap { metric in
      metrics[metric].cells.indices.filter { cell in
        metrics[metric].cells[cell].comparison?.pValue != nil
      }.map { (metric, $0) }
    }
    let values = places.map { metrics[$0].cells[$1].comparison?.pValue ?? .nan }
    for (place, adjusted) in zip(places, MultipleComparisons.holm(values)) {
      metrics[place.0].cells[place.1].comparison?.adjusted = adjusted
    }
    return places.count
  }
}

/// The values of a sweep's runs by finding, variant and seed.
struct SweepValues {
  private let members: [SweepMember]
  private let findings: [String: [RunFinding]]

  init(members: [SweepMember], findings: [String: [RunFinding]]) {
    self.members = members
    self.findings = findings
  }

  /// One finding of each name, in the order in which they first occur.
  var samples: [RunFinding] {
    var seen: Set<String> = []
    return members.flatMap { findings[$0.run.id] ?? [] }.filter { seen.insert($0.id).inserted }
  }

  func unit(of finding: String) -> String? {
    findings.values.lazy.joined().first { $0.id == finding }?.unit
  }

  func values(_ finding: String, of variant: String) -> [(seed: String, value: Double)] {
    members.filter { $0.variant == variant }.compactMap { member in
      value(finding, of: member)?.value.map { (member.seed, $0) }
    }
  }

  /// The interval that the only run of a variant has itself, or the widest of several.
  func interval(_ finding: String, of variant: String) -> Interval? {
    members.filter { $0.variant == variant }.compactMap { member -> Interval? in
      guard let found = value(finding, of: member), let low = found.low, let high = found.high
      else { return nil }
      return Interval(low: low, high: high, level: 0.95)
    }.max { $0.high - $0.low < $1.high - $1.low }
  }

  private func value(_ finding: String, of member: SweepMember) -> RunFinding? {
    findings[member.run.id]?.first { $0.id == finding }
  }
}
