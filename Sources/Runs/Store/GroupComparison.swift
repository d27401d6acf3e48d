import Foundation
import GRDB
import Reports
import Statistics

/// What runs are put together by.
public enum RunGrouping: String, Sendable, CaseIterable {
  /// The variant of a sweep.
  case variant
  /// The recipe.
  case recipe
  /// The profile.
  case profile
  /// The kind of run.
  case kind
}

/// Groups of finished runs, finding by finding, against one of them.
public struct GroupComparison: Sendable {
  /// One row a finding and group.
  public let table: TextTable

  /// A finding of a run, with the group and the seed that it belongs to.
  struct Entry: Sendable {
    let group: String
    let seed: String
    let value: Double
  }

  /// Compares groups.
  ///
  /// - Parameters:
  ///   - query: which runs; those that are not finished are left out.
  ///   - baseline: the group that the others are compared with; the first recorded when `nil`.
  /// - Throws: ``StoreError``, `StatisticsError` for findings that are not finite, and
  ///   ``RecipeError/notAllowed(_:path:found:allowed:)`` for a baseline that is no group.
  public init(
    of query: RunQuery, by grouping: RunGrouping, baseline: String?, in store: RunStore
  ) throws {
    let (findings, entries) = try store.entries(query, by: grouping)
    var names: [String] = []
    var seen: Set<String> = []
    for entry in entries.values.lazy.joined() where seen.insert(entry.group).inserted {
      names.append(entry.group)
    }
    if let baseline, !seen.contains(baseline) {
      throw RecipeError.notAllowed(
        RecipePlace(source: "--baseline"), path: "", found: baseline, allowed: names.sorted())
    }
    var rows: [[String]] = []
    var pValues: [Double] = []
    for finding in findings {
      let groups = Self.groups(entries[finding.id] ?? [])
      let first = baseline ?? groups.first?.name ?? ""
      let base = groups.first { $0.name == first }?.entries ?? []
      for group in groups {
        let (row, p) = try Self.row(
          finding, group.name, group.entries, base: group.name == first ? nil : base)
        rows.append(row)
        pValues.append(p ?? .nan)
      }
    }
    var table = TextTable([
      .init("finding"), .init(grouping.rawValue), .init("runs", .trailing),
      .init("mean", .trailing), .init("95 % interval", .trailing),
      .init("difference", .trailing), .init("test"), .init("p", .trailing),
      .init("p (Holm)", .trailing),
    ])
    for (row, adjusted) in zip(rows, MultipleComparisons.holm(pValues)) {
      table.append(row + [adjusted.isNaN ? "" : NumberText.pValue(adjusted)])
    }
    self.table = table
  }

  private static func groups(_ entries: [Entry]) -> [(name: String, entries: [Entry])] {
    var order: [String] = []
    var members: [String: [Entry]] = [:]
    for entry in entries {
      if members[entry.group] == nil { order.append(entry.group) }
      members[entry.group, default: []].append(entry)
    }
    return order.map { ($0, members[$0] ?? []) }
  }

  private static func row(
    _ finding: RunFinding, _ name: String, _ entries: [Entry], base: [Entry]?
  ) throws -> (row: [String], p: Double?) {
    let values = entries.map(\.value)
    var generator = ResamplingGenerator(purpose: "runs.compare.\(finding.id).\(name)")
    // A look at a store of thousands of runs must not wait for the bootstrap.
    let estimate = try MeanEstimate(of: values, method: .studentT, using: &generator)
    var interval = estimate.interval
    if finding.unit == Finding.rate { interval = interval?.clamped(to: 0...1) }
    let compared = try base.flatMap { try compare(entries, $0) }
    return (
      [
        finding.id, name, "\(values.count)",
        SweepText.value(estimate.mean, unit: finding.unit),
        SweepText.interval(interval, unit: finding.unit),
        compared.map { SweepText.difference($0.difference, unit: finding.unit) }
          ?? (base == nil ? "baseline" : ""),
        compared?.test ?? "", compared?.p.map(NumberText.pValue) ?? "",
      ], compared?.p
    )
  }

  private static func compare(
    _ own: [Entry], _ base: [Entry]
  ) throws -> (difference: Double, test: String, p: Double?)? {
    let seeds = Set(own.map(\.seed))
    let isPaired =
      seeds == Set(base.map(\.seed)) && seeds.count == own.count && own.count == base.count
    if isPaired {
      let byValue = Dictionary(base.map { ($0.seed, $0.value) }) { first, _ in first }
      let paired = try PairedComparison(
        own.map(\.value), baseline: own.map { byValue[$0.seed] ?? .nan })
      return own.count > 1 ? (paired.difference, "paired t", paired.tTest) : nil
    }
    guard own.count > 1, base.count > 1 else { return nil }
    let welch = try WelchTest(own.map(\.value), base.map(\.value))
    return (welch.difference, "Welch", welch.pValue)
  }
}

extension RunStore {
  /// The values of finished runs by finding, oldest first, and one finding of each name.
  func entries(
    _ query: RunQuery, by grouping: RunGrouping
  ) throws(StoreError) -> (findings: [RunFinding], entries: [String: [GroupComparison.Entry]]) {
    let sweep = try query.sweep.map { id throws(StoreError) in try self.sweep(id).key }
    return try reading { database in
      var finished = query
      finished.status = .finished
      let (filter, arguments) = finished.condition(sweep: sweep)
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT coalesce(\(grouping.rawValue), '') AS name, coalesce(seed, '') AS seed,
            findings.id, findings.value
          FROM (SELECT * FROM runs\(filter)) AS chosen JOIN findings ON findings.run = chosen.key
          WHERE findings.value IS NOT NULL ORDER BY chosen.key, findings.position
          """, arguments: arguments)
      var order: [String] = []
      var entries: [String: [GroupComparison.Entry]] = [:]
      while let row = try rows.next() {
        let id: String = row[2]
        if entries[id] == nil { order.append(id) }
        entries[id, default: []].append(.init(group: row[0], seed: row[1], value: row[3]))
      }
      let samples = try order.compactMap { id in
        try RunFinding.fetchOne(
          database, sql: "SELECT * FROM findings WHERE id = ? LIMIT 1", arguments: [id])
      }
      return (samples, entries)
    }
  }
}
