import Foundation
import Reports
import Statistics

/// Single runs, finding by finding, against the first of them.
public struct RunComparison: Sendable {
  /// One row a finding and run.
  public let table: TextTable

  /// Compares runs.
  ///
  /// - Parameter runs: the runs; the first is the baseline.
  /// - Throws: ``StoreError``, or `StatisticsError` for findings that are not finite.
  public init(of runs: [RunRecord], in store: RunStore) throws {
    let findings = try store.findings(of: runs)
    var table = TextTable([
      .init("finding"), .init("run"), .init("variant"), .init("seed", .trailing),
      .init("value", .trailing), .init("95 % interval", .trailing),
      .init("difference", .trailing), .init("p", .trailing), .init("p (Holm)", .trailing),
    ])
    var rows: [[String]] = []
    var pValues: [Double] = []
    for id in Self.names(runs, findings) {
      for (index, run) in runs.enumerated() {
        guard let finding = findings[run.id]?.first(where: { $0.id == id }) else { continue }
        let base = findings[runs[0].id]?.first { $0.id == id }
        let p = index == 0 ? nil : try Self.pValue(id, run, runs[0], store)
        let difference =
          index == 0 ? nil : finding.value.flatMap { v in base?.value.map { v - $0 } }
        rows.append([
          id, run.id, run.variant ?? "", run.seed ?? "", finding.valueText, finding.intervalText,
          index == 0
            ? "baseline"
            : difference.map { SweepText.difference($0, unit: finding.unit) } ?? "",
          p.map(NumberText.pValue) ?? "",
        ])
        pValues.append(p ?? .nan)
      }
    }
    for (row, adjusted) in zip(rows, MultipleComparisons.holm(pValues)) {
      table.append(row + [adjusted.isNaN ? "" : NumberText.pValue(adjusted)])
    }
    self.table = table
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
      own.values.count == base.values.count
    else { return nil }
    if let own = own.bits, let base = base.bits { return try McNemar(own, base).exact }
    var generator = ResamplingGenerator(purpose: "comparison.\(finding)")
    return try PairedComparison(own.values, baseline: base.values)
      .permutationTest(resamples: 20_000, using: &generator).pValue
  }
}
