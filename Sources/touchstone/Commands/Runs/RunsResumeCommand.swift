import ArgumentParser
import Foundation
import Runs

import struct Reports.TextTable

struct RunsResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with a run that was killed, interrupted or failed.")

  @Argument(help: "The id of the run, or its beginning.")
  var id: String

  @OptionGroup var store: StoreOptions

  @Option(help: "A folder for TensorBoard's event files.")
  var tensorboard: String?

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  @Flag(help: .hidden)
  var lifeLine = false

  func run() throws {
    if lifeLine { LifeLine.watch() }
    let store = try store.open(for: .writing)
    let record = try store.run(id)
    let voice = ProgressLine(isQuiet: quiet)
    let execution = RunExecution(
      kinds: RunKinds.all, store: store, environment: Versions.environment,
      isStopRequested: Interrupts.watch(), voice: voice)
    let result = try execution.perform(record, tensorBoard: tensorboard)
    guard result != nil else {
      voice.say("interrupted; the same command goes on from the checkpoint")
      throw Exit.interrupted
    }
    let findings = try store.findings(of: [record])[record.id] ?? []
    print(RunTables.findings(findings).text(), terminator: "")
  }
}
