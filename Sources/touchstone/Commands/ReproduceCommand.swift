import ArgumentParser
import Audit
import Foundation
import Runs

import enum Reports.NumberText
import struct Reports.TextTable

struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs the experiments behind the page of results, one after the other.",
    discussion: """
      A file of \(ReproductionOptions.folder) lists the experiments that stand for the tables of one design note.
      Runs that the store has are not done again; the same command goes on after a kill, at any moment. An
      experiment that fails does not stop the others, and one whose data is not there is left out. Recipes
      look for data under data/ in the working folder. `touchstone results` writes the page.

      EXAMPLES
        touchstone reproduce --profile quick --plan
        touchstone reproduce \(ReproductionOptions.folder)/004-l2-regularisation-geometry.yaml
        touchstone reproduce --profile tiny --store out/tiny.sqlite --out out/tiny
      """)

  @OptionGroup var selection: ReproductionOptions

  @Option(
    help:
      "The folder of all experiments; runs/reproduce, with another profile than quick its name behind it, when not given."
  )
  var out: String?

  @Option(help: "How many cores are used at most; all when not given.")
  var cores: Int?

  @Flag(help: "Show what is done and what the rest costs, and stop.")
  var plan = false

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  func validate() throws {
    if let cores, cores < 1 { throw ValidationError("--cores is \(cores), give at least 1") }
  }

  private var coreCount: Int { cores ?? ProcessInfo.processInfo.activeProcessorCount }

  func run() async throws {
    var seen: Set<String> = []
    let plans = try selection.plans(in: out).flatMap(\.plans).filter {
      seen.insert($0.experiment.command(profile: selection.profile)).inserted
    }
    let isThere = FileManager.default.fileExists(atPath: selection.store.path)
    if plan {
      let store = isThere ? try selection.store.open(for: .reading) : nil
      print(try table(plans, in: store), terminator: "")
      return
    }
    let store = try selection.store.open(for: .writing)
    let voice = ProgressLine(isQuiet: quiet)
    voice.say(try table(plans, in: store))
    let isStopRequested = Interrupts.watch()
    let run = ReproductionRun(
      store: store, cores: coreCount, voice: voice,
      isStopRequested: isStopRequested)
    let failures = try await run.run(plans)
    if isStopRequested() {
      voice.say("interrupted; the same command goes on")
      throw Exit.interrupted
    }
    print(try conclusion(plans, in: store))
    for failure in failures {
      FileHandle.standardError.write(Data("touchstone: \(failure)\n".utf8))
    }
    if !failures.isEmpty { throw Exit.gateFailed }
  }

  private func conclusion(_ plans: [ExperimentPlan], in store: RunStore) throws -> String {
    let done = try plans.map { try $0.doneCount(in: store) }.reduce(0, +)
    let count = plans.map(\.runs.count).reduce(0, +)
    return "\(done) of \(count) runs of \(plans.count) experiments are done"
  }

  /// What is done, and what the rest will take.
  private func table(_ plans: [ExperimentPlan], in store: RunStore?) throws -> String {
    var table = TextTable([
      .init("experiment"), .init("runs", .trailing), .init("done", .trailing),
      .init("rest", .trailing), .init("basis"),
    ])
    var total = 0.0
    var unknown = 0
    for plan in plans {
      let cost = try ExperimentCost(plan, in: store, cores: coreCount)
      var basis = cost.basis
      if cost.waiting > 0, let missing = plan.missingData {
        basis = "left out: \(missing) is not there"
      } else if let seconds = cost.seconds {
        total += seconds
      } else {
        unknown += 1
      }
      let rest = cost.waiting == 0 ? "" : cost.seconds.map(NumberText.duration) ?? "?"
      table.append([
        plan.experiment.name, "\(plan.runs.count)", "\(plan.runs.count - cost.waiting)", rest,
        basis,
      ])
    }
    var sentence = "the rest takes about \(NumberText.duration(total)) on \(coreCount) cores"
    if unknown > 0 { sentence += ", and \(unknown) experiments of which nobody knows" }
    return table.text() + (total > 0 || unknown > 0 ? sentence : "nothing is left to do") + "\n"
  }
}
