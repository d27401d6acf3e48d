import ArgumentParser
import Foundation
import Runs

import enum Reports.AtomicFile

struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Writes the page of results from the run store: claimed, measured, held or not.",
    discussion: """
      Nothing is run: what the store does not have is listed as not measured. The same store gives the same
      page. `touchstone reproduce` fills the store.

      EXAMPLES
        touchstone results --profile quick --out Documentation/Results.md
        touchstone results \(ReproductionOptions.folder)/004-l2-regularisation-geometry.yaml
      """)

  @OptionGroup var selection: ReproductionOptions

  @Option(help: "The Markdown file; standard output when not given.")
  var out: String?

  func run() throws {
    let plans = try selection.plans(in: nil)
    let store = try selection.store.open(for: .reading)
    let parts = try plans.map { file, plans in
      ResultsDocument.Part(file, try plans.map { try ExperimentResult($0, in: store) })
    }
    let page = ResultsDocument(
      parts, profile: selection.profile, arguments: selection.files
    ).markdown
    guard let out else {
      print(page, terminator: "")
      return
    }
    try AtomicFile.write(Data(page.utf8), to: out)
  }
}
