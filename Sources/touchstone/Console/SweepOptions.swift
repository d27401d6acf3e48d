import ArgumentParser
import Audit
import Foundation
import Runs
import Torch

import enum Reports.JSONValue

/// What commands that run a recipe's sweep have in common.
struct SweepOptions: ParsableArguments {
  @OptionGroup var options: RecipeOptions
  @OptionGroup var store: StoreOptions

  @Option(help: "The folder of the sweep; runs/NAME-PROFILE when not given.")
  var out: String?

  @Option(help: "How many cores are used at most; all when not given.")
  var cores: Int?

  @Option(help: "A folder for TensorBoard's event files, one folder a run in it.")
  var tensorboard: String?

  @Flag(help: "Show the plan with its cost and stop.")
  var plan = false

  @Flag(help: "Begin without measuring the cost.")
  var noTrial = false

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if let cores, cores < 1 { throw ValidationError("--cores is \(cores), give at least 1") }
  }

  /// Runs the sweep.
  ///
  /// - Parameter check: looks at the recipe before anything runs.
  func run(checking check: (ResolvedRecipe) throws -> Void = { _ in }) async throws {
    let recipe = try options.resolved()
    try check(recipe)
    let voice = ProgressLine(isQuiet: quiet || json)
    let sweep = try Sweep(
      recipe: recipe, name: options.recipe,
      folder: URL(filePath: Job.folder(out ?? options.standardFolder)).standardizedFileURL,
      cores: cores ?? Job.cores, voice: voice)
    if let group = Job.group {
      try group.agree(on: recipe.json.text(), about: "recipe")
      if Job.isFollower { return try await sweep.help(group) }
    }
    let path = store.path
    if plan, !FileManager.default.fileExists(atPath: path) {
      try await sweep.showPlan(store: nil, withTrial: !noTrial)
      return
    }
    let store = try store.open(for: plan ? .reading : .writing)
    try await sweep.showPlan(store: store, withTrial: !noTrial)
    if plan { return }
    let isStopRequested = Interrupts.watch()
    let failures = try await sweep.run(
      in: store, tensorBoard: tensorboard, isStopRequested: isStopRequested)
    if isStopRequested() {
      voice.say("interrupted; the same command goes on")
      throw Exit.interrupted
    }
    let report = try sweep.report(from: store)
    print(json ? report.json.text(pretty: true) : report.text, terminator: "")
    for failure in failures {
      let member = failure.member
      FileHandle.standardError.write(
        Data(
          """
          touchstone: \(member.variant), seed \(member.seed) failed: \(failure.message) \
          (see \(member.run.folder)/run.log)\n
          """.utf8))
    }
    if !failures.isEmpty { throw Exit.gateFailed }
  }
}
