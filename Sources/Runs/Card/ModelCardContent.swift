import Foundation
import Reports
import Statistics

/// What a store knows of the model of a card, in one form for runs, audits and sweeps.
struct ModelCardContent: Sendable {
  /// A measured number.
  struct Number: Sendable {
    var id: String
    var title: String
    var value: Double
    var interval: Interval?
    var unit: String
    var better: Finding.Direction
    /// How many seeds are behind it.
    var seeds: Int
    /// How many examples, people or other units are behind it, in each run.
    var examples: Int?
    /// How it was measured.
    var detail: String
  }

  /// Numbers of one model on one set of data.
  struct Group: Sendable {
    /// What the numbers are of.
    var name: String
    /// What the data are called.
    var data: String
    /// The part of the data; empty where it is not known.
    var split: String
    /// Which audit, where it is one.
    var audit: String?
    var numbers: [Number]
  }

  var name: String
  var kind: String
  var recipe: String
  var profile: String?
  var variant: String?
  /// The settings, with all defaults.
  var settings: JSONValue
  /// The numbers: its own, then those of audits.
  var groups: [Group]
  /// All runs that the numbers are from.
  var runs: [RunRecord]
  var isSweep: Bool
  /// How many runs the sweep has in all.
  var runCount: Int

  var isAudit: Bool { kind == "audit" }

  /// Reads a store.
  ///
  /// - Throws: ``StoreError``, ``ModelCardError/unfinished(id:state:)``, and what is wrong with recorded
  ///   settings.
  init(_ subject: ModelCardSubject, in store: RunStore) throws {
    switch subject {
    case .run(let run): try self.init(run, in: store)
    case .sweep(let sweep): try self.init(sweep, in: store)
    }
  }

  // MARK: A run

  private init(_ run: RunRecord, in store: RunStore) throws {
    guard run.status == .finished else {
      throw ModelCardError.unfinished(id: "the run \(run.id)", state: run.state)
    }
    let audits = run.kind == "audit" ? [] : try store.audits(of: run)
    settings = try JSONValue(parsing: run.settings)
    kind = run.kind
    recipe = Self.short(run.recipe)
    profile = run.profile
    variant = run.variant
    name = Self.name(run.recipe, run.variant)
    let own = try Self.group(run, name: name, in: store)
    groups = [own] + (try audits.map { try Self.group($0, name: own.name, in: store) })
    runs = [run] + audits
    isSweep = false
    runCount = 1
  }

  private static func group(
    _ run: RunRecord, name: String, in store: RunStore
  ) throws -> Group {
    let settings = try JSONValue(parsing: run.settings)
    let audited = settings.text(at: "subject", "data")
    let examples = settings.integer(at: "subject", "examples")
    let numbers = try (store.findings(of: [run])[run.id] ?? []).compactMap { found -> Number? in
      guard let value = found.value, value.isFinite else { return nil }
      let interval = found.low.flatMap { low in
        found.high.map { Interval(low: low, high: $0, level: 0.95) }
      }
      // Of an audit's findings the accuracy is of all examples; others say in words of how many.
      let count = found.count ?? (found.id == "accuracy.clean" ? examples : nil)
      return Number(
        id: found.id, title: found.title, value: value, interval: interval, unit: found.unit,
        better: found.better, seeds: 1, examples: count, detail: found.detail)
    }
    return Group(
      name: name, data: short(audited ?? settings.text(at: "data", "source") ?? "not named"),
      split: audited == nil ? "test" : "", audit: run.kind == "audit" ? run.id : nil,
      numbers: numbers)
  }

  // MARK: A sweep

  private init(_ sweep: SweepRecord, in store: RunStore) throws {
    let members = try store.members(of: sweep)
    guard let first = members.first(where: { $0.run.status == .finished }) else {
      throw ModelCardError.unfinished(id: "the sweep \(sweep.id)", state: "not done")
    }
    let recorded = try JSONValue(parsing: sweep.settings)
    let common = recorded.member("settings") ?? .null
    let plan = try Self.plan(first.run.kind, sweep)
    let last = members.filter { $0.rung == plan.rounds - 1 }
    let analysis = try SweepAnalysis(plan, members: last, store: store)
    let found = try store.findings(of: last.map(\.run)).values.joined()
    let counts = Dictionary(
      found.compactMap { finding in finding.count.map { (finding.id, $0) } }
    ) { min($0, $1) }
    let stem = Self.name(sweep.recipe, nil)
    let data = Self.short(common.text(at: "data", "source") ?? "not named")
    groups = plan.variants.map(\.name).compactMap { variant in
      let numbers = analysis.metrics.compactMap { metric in
        metric.cells.first { $0.variant == variant }.map { cell in
          Number(
            id: metric.id, title: metric.title, value: cell.mean, interval: cell.interval,
            unit: metric.unit, better: metric.better, seeds: cell.values.count,
            examples: counts[metric.id], detail: cell.basis.rawValue)
        }
      }
      return numbers.isEmpty
        ? nil
        : Group(
          name: "\(stem), \(variant)", data: data, split: "test", audit: nil, numbers: numbers)
    }
    settings = recorded
    kind = first.run.kind
    recipe = Self.short(sweep.recipe)
    profile = sweep.profile
    variant = nil
    name = stem
    runs = last.map(\.run).filter { $0.status == .finished }
    isSweep = true
    runCount = last.count
  }

  /// The sweep, from what the store kept of its recipe.
  private static func plan(_ kind: String, _ record: SweepRecord) throws -> SweepPlan {
    let place = RecipePlace(source: "the sweep \(record.id)")
    // JSON is YAML, and read as such it keeps the order of the variants.
    let kept = try RecipeParser.value(of: record.settings) { _, _ in place }
    let header = RecipeValue.Member(
      key: "recipe", place: place, value: RecipeValue(.text(kind), source: kind, at: place))
    let sweep = kept?["sweep"].flatMap { value in
      value.isNull ? nil : RecipeValue.Member(key: "sweep", place: place, value: value)
    }
    let members = [header] + (kept?["settings"]?.members ?? []) + [sweep].compactMap(\.self)
    let text = RecipeValue(.mapping(members), at: place).yaml
    return try SweepPlan(RecipeFile(yaml: text, path: record.recipe).resolved())
  }

  // MARK: Names

  /// A path as others can use it: where it lies on this machine is nobody's business.
  static func short(_ path: String) -> String {
    path.hasPrefix("/") ? URL(filePath: path).lastPathComponent : path
  }

  private static func name(_ recipe: String, _ variant: String?) -> String {
    let stem = URL(filePath: recipe).deletingPathExtension().lastPathComponent
    return [stem, variant].compactMap(\.self).joined(separator: ", ")
  }
}

extension JSONValue {
  /// The value of a key; `nil` where there is none.
  func member(_ key: String) -> JSONValue? {
    guard case .object(let object) = self else { return nil }
    return object[key]
  }

  /// The text at a path of keys.
  func text(at path: String...) -> String? {
    guard case .string(let text)? = value(at: path) else { return nil }
    return text
  }

  /// The whole number at a path of keys.
  func integer(at path: String...) -> Int? {
    guard case .integer(let number)? = value(at: path) else { return nil }
    return number
  }

  private func value(at path: [String]) -> JSONValue? {
    path.reduce(self as JSONValue?) { $0?.member($1) }
  }
}
