import Audit
import Foundation
import Reports
import Runs
import Torch

/// A recipe's sweep in a folder: the plan, its cost, its runs and what they came to.
struct Sweep {
  private let plan: SweepPlan
  private let kind: any RunKind.Type
  private let name: String
  private let folder: URL
  private let cores: Int
  private let voice: ProgressLine

  /// Works the sweep out and checks every variant before anything runs.
  init(
    recipe: ResolvedRecipe, name: String, folder: URL, cores: Int, voice: ProgressLine
  ) throws {
    kind = try RunKindName.find(recipe.header.kind, in: RunKinds.all, recipe: recipe.file.path)
    plan = try SweepPlan(recipe)
    self.name = name
    self.folder = folder
    self.cores = cores
    self.voice = voice
    try ReportFolder(folder.path).check()
    for round in 0..<plan.rounds {
      for variant in plan.variants { _ = try newRun(variant, plan.settings.seeds[0], round) }
    }
  }

  // MARK: Planning

  private func newRun(_ variant: SweepPlan.Variant, _ seed: UInt64, _ round: Int) throws -> NewRun {
    try plan.newRun(
      variant, seed: seed, round: round, of: kind, name: name, folder: folder,
      version: Audit.version)
  }

  private var threads: Int {
    let value = plan.variants.first?.recipe.json
    if case .object(let object)? = value, case .integer(let threads)? = object["threads"] {
      return max(1, threads)
    }
    return 1
  }

  private var jobs: Int { max(1, cores / threads) }

  /// Does runs for the first of several processes until there are none.
  func help(_ group: ProcessGroup) async throws {
    try await SweepHelp(group: group, jobs: jobs).serve()
  }

  /// Prints what will be run, what of it is done, and what the rest will take.
  func showPlan(store: RunStore?, withTrial: Bool) async throws {
    let seeds = plan.settings.seeds
    var done: [String: Int] = [:]
    for variant in plan.variants {
      done[variant.name] = try seeds.filter { seed in
        try store?.isFinished(newRun(variant, seed, plan.rounds - 1)) ?? false
      }.count
    }
    let waiting = plan.variants.filter { done[$0.name] != seeds.count }
    let costs = withTrial && !waiting.isEmpty ? try await trial(waiting) : [:]
    var table = TextTable([
      .init("variant"), .init("runs", .trailing), .init("done", .trailing),
      .init("one run", .trailing), .init("basis"),
    ])
    var total = 0.0
    for variant in plan.variants {
      let finished = done[variant.name] ?? 0
      let cost = costs[variant.name]
      total += (cost?.seconds ?? 0) * Double(seeds.count - finished)
      table.append([
        variant.name, "\(seeds.count)", "\(finished)",
        cost.map { NumberText.duration($0.seconds) } ?? "", cost?.basis ?? "",
      ])
    }
    voice.say(table.text())
    let count = plan.variants.count * seeds.count
    let finished = done.values.reduce(0, +)
    var sentence =
      "\(count) runs, \(finished) done, \(min(jobs, count)) at a time on \(cores) cores"
    if plan.rounds > 1 { sentence += ", in \(plan.rounds) rounds of halving (this is the last)" }
    if total > 0 {
      sentence += "; about \(NumberText.duration(total / Double(min(jobs, count - finished))))"
    }
    voice.say(sentence)
  }

  /// Tries every variant for a few steps, as many side by side as there will be runs.
  private func trial(_ variants: [SweepPlan.Variant]) async throws -> [String: RunCost] {
    voice.say("measuring the cost of \(variants.count) variants")
    let seed = plan.settings.seeds[0]
    let round = plan.rounds - 1
    let runs = try variants.map { ($0.name, try newRun($0, seed, round)) }
    return try await withThrowingTaskGroup(of: (String, RunCost?).self) { group in
      var waiting = runs[...]
      var costs: [String: RunCost] = [:]
      func next() {
        guard let (name, run) = waiting.popFirst() else { return }
        group.addTask { (name, try await RunProcess.trial(run)) }
      }
      for _ in 0..<jobs { next() }
      while let (name, cost) = try await group.next() {
        costs[name] = cost
        next()
      }
      return costs
    }
  }

  // MARK: Running

  /// Runs all rounds.
  func run(
    in store: RunStore, tensorBoard: String?, isStopRequested: @escaping @Sendable () -> Bool
  ) async throws -> [SweepRunner.Failure] {
    let record = try record(in: store)
    let environment = Versions.environment
    var names = plan.variants.map(\.name)
    var failures: [SweepRunner.Failure] = []
    let lifeLine = try LifeLinePipe()
    let root = folder.path
    let crew = try SweepCrew(
      Job.group, jobs: jobs, store: store, isStopRequested: isStopRequested)
    defer { crew.dismiss() }
    let jobs = crew.jobs
    let runner = SweepRunner(store: store, jobs: jobs, isStopRequested: isStopRequested) { run in
      let events = tensorBoard.map { $0 + "/" + run.folder.dropFirst(root.count + 1) }
      return try await crew.launch(run) {
        try await RunProcess.launch(
          run, store: store.path, tensorBoard: events, lifeLine: lifeLine,
          isStopRequested: isStopRequested)
      }
    }
    for round in 0..<plan.rounds where !isStopRequested() {
      try enlist(names, round: round, in: record, store: store, environment)
      let members = try store.members(of: record).filter {
        $0.rung == round && names.contains($0.variant)
      }
      let progress = SweepProgress(members, jobs: jobs, voice: voice)
      failures += try await runner.run(members) { progress.note($0) }
      if round + 1 < plan.rounds, !isStopRequested() {
        names = plan.survivors(of: names, scores: try scores(members, in: store))
        voice.say("round \(round + 1) of \(plan.rounds) is done; \(names.count) variants go on")
      }
    }
    return failures
  }

  private func record(in store: RunStore) throws -> SweepRecord {
    let settings: JSONValue = [
      "settings": plan.recipe.json, "sweep": plan.recipe.sweep?.json ?? .null,
    ]
    return try store.recordSweep(
      id: try plan.id(version: Audit.version), recipe: name, profile: plan.recipe.profile,
      settings: settings.text(), folder: folder.path)
  }

  private func enlist(
    _ names: [String], round: Int, in sweep: SweepRecord, store: RunStore,
    _ environment: RunEnvironment
  ) throws {
    var position = 0
    for seed in plan.settings.seeds {
      for variant in plan.variants where names.contains(variant.name) {
        let run = try store.record(
          newRun(variant, seed, round), environment: environment, reusing: .any)
        try store.add(
          run, to: sweep, rung: round, variant: variant.name, seed: seed, position: position)
        position += 1
      }
    }
  }

  /// The mean of the deciding finding by variant, turned so that lower is better.
  private func scores(_ members: [SweepMember], in store: RunStore) throws -> [String: Double] {
    guard let metric = plan.settings.halving?.metric else { return [:] }
    let findings = try store.findings(of: members.map(\.run))
    var values: [String: [Double]] = [:]
    for member in members {
      guard let finding = findings[member.run.id]?.first(where: { $0.id == metric }),
        let value = finding.value
      else { continue }
      values[member.variant, default: []].append(finding.better == .lower ? value : -value)
    }
    return values.mapValues { $0.reduce(0, +) / Double($0.count) }
  }

  // MARK: Reporting

  /// The tables of the finished runs, written to the folder.
  func report(from store: RunStore) throws -> SweepReport {
    let report = try SweepReport(
      plan: plan, record: record(in: store), store: store, version: Audit.version,
      notice: kind.notice)
    try report.write(to: folder, plotlyPath: Folders.plotly)
    return report
  }
}
