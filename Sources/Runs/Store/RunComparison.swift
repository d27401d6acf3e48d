import Foundation
import Reports
import Statistics

/// Single runs, finding by finding, against the first of them.
public struct RunComparison: Sendable {
  /// What a run came to in one finding.
  public struct Cell: Sendable {
    /// The finding, with its value and interval.
    public let finding: RunFinding
    /// The value less the first run's; `nil` for the first run, and where one of both has no value.
    public let difference: Double?
    /// The two-sided p value of the difference, example by example: McNemar's exact test for what is right or wrong,
    /// the sign-flip permutation test for other numbers. `nil` where runs were not judged on the same examples.
    public let pValue: Double?
    /// ``pValue`` corrected for all comparisons (Holm).
    public internal(set) var adjusted: Double?

    /// ``difference`` in the finding's unit.
    public var differenceText: String? {
      difference.map { SweepText.difference($0, unit: finding.unit) }
    }
  }

  /// One finding of all runs.
  public struct Row: Sendable {
    /// The finding's name.
    public let id: String
    /// A cell a run, in their order; `nil` for a run without the finding.
    public internal(set) var cells: [Cell?]
  }

  /// The runs; the first is the baseline.
  public let runs: [RunRecord]
  /// One row a finding, in the order in which runs have them.
  public private(set) var rows: [Row]

  /// Compares runs.
  ///
  /// - Parameter runs: the runs; the first is the baseline.
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  public init(of runs: [RunRecord], in store: RunStore) throws {
    let findings = try store.findings(of: runs)
    self.runs = runs
    rows = try Self.names(runs, findings).map { id in
      let base = findings[runs[0].id]?.first { $0.id == id }
      let cells = try runs.enumerated().map { index, run -> Cell? in
        guard let finding = findings[run.id]?.first(where: { $0.id == id }) else { return nil }
        guard index > 0 else { return Cell(finding: finding, difference: nil, pValue: nil) }
        let difference = finding.value.flatMap { value in base?.value.map { value - $0 } }
        return Cell(
          finding: finding, difference: difference,
          pValue: try Self.pValue(id, run, runs[0], store))
      }
      return Row(id: id, cells: cells)
    }
    adjust()
  }

  /// Corrects p values for all comparisons.
  private mutating func adjust() {
    let pValues = rows.flatMap { $0.cells.map { $0?.pValue ?? .nan } }
    for (place, adjusted) in MultipleComparisons.holm(pValues).enumerated() where !adjusted.isNaN {
      rows[place / runs.count].cells[place % runs.count]?.adjusted = adjusted
    }
  }

  /// One row a finding and run.
  public var table: TextTable {
    var table = TextTable([
      .init("finding"), .init("run"), .init("variant"), .init("seed", .trailing),
      .init("value", .trailing), .init("95 % interval", .trailing),
      .init("difference", .trailing), .init("p", .trailing), .init("p (Holm)", .trailing),
    ])
    for row in rows {
      for (index, (run, cell)) in zip(runs, row.cells).enumerated() {
        guard let cell else { continue }
        table.append([
          row.id, run.id, run.variant ?? "", run.seed ?? "", cell.finding.valueText,
          cell.finding.intervalText, index == 0 ? "baseline" : cell.differenceText ?? "",
          cell.pValue.map(NumberText.pValue) ?? "", cell.adjusted.map(NumberText.pValue) ?? "",
        ])
      }
    }
    return table
  }

  private static func names(
    _ runs: [RunRecord], _ findings: [String: [RunFinding]]
  ) -> [String] {
    var seen: Set<String> = []
    return runs.flatMap { findings[$0.id] ?? [] }.map(\.id).filter { seen.insert($0).inserted }
  }

  private static func pValue(
    _ finding: String, _ run: RunRecord, _ baseline: RunRecord, _ store: RunStore
  ) throws -> Double? {
    guard let own = try store.outcomes(of: run, for: finding),
      let base = try store.outcomes(of: baseline, for: finding),
      own.areOfSameExamples(as: base)
    else { return nil }
    if let own = own.bits, let base = base.bits { return try McNemar(own, base).exact }
    var generator = ResamplingGenerator(purpose: "comparison.\(finding)")
    return try PairedComparison(own.values, baseline: base.values)
      .permutationTest(resamples: 20_000, using: &generator).pValue
  }
}
