import Audit
import Datasets
import Diffusion
import Foundation
import Inversion
import Reports
import Runs
import Torch
import Training

/// One run of a model inversion's recipe in a folder.
struct ModelRun {
  private let recipe: ModelRecipe
  private let folder: URL

  init(_ recipe: ModelRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
  }

  /// Trains target, judges and prior, from where an earlier attempt stopped, attacks and judges.
  func run(in session: RunSession) throws -> RunResult? {
    session.say(ModelKind.notice)
    let inversion = try ModelInversion(recipe)
    IntraOperatorThreads.set(inversion.threads)
    let shelf = Shelf(
      cache: Folders.cache, voice: session, isStopRequested: session.isStopRequested)
    guard let networks = try ModelNetworks(inversion, on: shelf),
      let prepared = try ModelPreparation(
        inversion, networks, on: shelf, in: folder, say: session.say,
        watch: { try $0.run(in: session, folder: $1) }),
      let table = try ModelTable(
        inversion, networks, prepared, in: folder, isStopRequested: session.isStopRequested,
        say: session.say)
    else { return nil }
    try prepared.attacker.prior.save(to: folder)
    let page = ModelPage(inversion, table, log: prepared.log)
    let files = try page.files()
    try ReportFolder(folder.path).write(files)
    let entries = try ModelFindings(table).all()
    var kept = ["prior.json", "prior.safetensors"]
    if prepared.log != nil { kept.append("fine-tuning/metrics.csv") }
    let privacy = try inversion.privacyGuarantee()?.finding()
    return RunResult(
      findings: entries.map { RunFinding($0.finding, count: inversion.classes.count) }
        + [privacy].compactMap { $0 }.map { RunFinding($0, count: inversion.data.training.count) },
      outcomes: try TemplateFindings.outcomes(entries, of: inversion.data.test.classNames),
      files: kept + files.map(\.name))
  }
}
