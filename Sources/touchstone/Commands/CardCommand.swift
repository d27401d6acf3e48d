import ArgumentParser
import Audit
import Foundation
import Runs

import enum Reports.AtomicFile

struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: "Writes a model card in the style of the Hugging Face hub from the run store.",
    discussion: """
      What the model is, how it was trained, what was measured with which interval, what is not measured, and how
      to make it again. Audits of the model that the store has are part of it. The licence is left to you.

      EXAMPLES
        touchstone card runs/lenet --out runs/lenet/README.md
        touchstone card 318e6783 --license apache-2.0 --out README.md
        touchstone card runs/adversarial-training-quick
            the card of a sweep has one entry a variant
      """)

  @Argument(
    help:
      "The folder of a run or sweep, or the id of one (touchstone runs list), or its beginning.",
    completion: .directory)
  var subject: String

  @OptionGroup var store: StoreOptions

  @Option(help: "The Markdown file; standard output when not given.")
  var out: String?

  @Option(help: "The licence's identifier on the hub, such as apache-2.0.")
  var license: String?

  @Option(help: "The hub's name of the task; by the kind of run and the network when not given.")
  var task: String?

  @Option(help: "The name of the model; the recipe's when not given.")
  var name: String?

  func run() throws {
    let store = try store.open(for: .reading)
    let subject = try ModelCardSubject(subject, in: store)
    let card = try ModelCard(
      of: subject, in: store, options: .init(license: license, task: task, name: name),
      notice: try notice(of: subject, in: store), version: Audit.version)
    let text = try card.markdown()
    guard let out else {
      print(text, terminator: "")
      return
    }
    try AtomicFile.write(Data(text.utf8), to: out)
  }

  /// What every report of such runs says; audits of people say it too.
  private func notice(of subject: ModelCardSubject, in store: RunStore) throws -> String {
    let runs: [RunRecord]
    switch subject {
    case .run(let run): runs = [run] + (try store.audits(of: run))
    case .sweep(let sweep): runs = try store.members(of: sweep).map(\.run)
    }
    let own = runs.compactMap { run in RunKinds.all.first { $0.name == run.kind }?.notice }
    let findings = try store.findings(of: runs.filter { $0.kind == "audit" }).values.joined()
    let isOfPeople = findings.contains { $0.id.hasPrefix("leakage.") }
    return own.first { !$0.isEmpty } ?? (isOfPeople ? EncoderAudit.notice : "")
  }
}
