import Audit
import Datasets
import Diffusion
import Foundation
import Inversion
import Reports
import Runs
import Torch
import Training

/// One run of a template inversion's recipe in a folder.
struct TemplateRun {
  private let recipe: TemplateRecipe
  private let folder: URL
  private let inversion: TemplateInversion

  init(_ recipe: TemplateRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
    inversion = try TemplateInversion(recipe)
  }

  /// Trains encoders and the prior, from where an earlier attempt stopped, inverts and judges.
  func run(in session: RunSession) throws -> RunResult? {
    session.say(TemplateKind.notice)
    IntraOperatorThreads.set(inversion.threads)
    let data = inversion.data
    let shelf = inversion.shelf(
      cache: Folders.cache, voice: session, isStopRequested: session.isStopRequested)
    guard let encoders = try TemplateEncoders(recipe, data, on: shelf) else { return nil }
    let begin = (wall: ContinuousClock.now, work: Self.processorSeconds)
    let attack = try inversion.attack(with: encoders)
    inversion.takeThreads()
    let trainer = try attack.trainer(
      in: folder, identity: try inversion.identity(encoders.roles),
      isStopRequested: session.isStopRequested)
    session.say(
      """
      training a prior, \(attack.parameterCount) weights, on templates of \
      \(data.publicImages.count) images of \(data.publicImages.classNames.count) people, \
      \(trainer.totalSteps) steps
      """)
    guard try trainer.run(in: session, folder: folder) else { return nil }
    return try trainer.withFinalWeights {
      var result = try finish(attack, encoders, session)
      result.findings += [
        try Self.time("seconds", "Time", (ContinuousClock.now - begin.wall) / .seconds(1)),
        try Self.time("cpu_seconds", "Processor time", Self.processorSeconds - begin.work),
      ]
      return result
    }
  }

  /// What POSIX counts in millionths of a second.
  private static var processorSeconds: Double { Double(clock()) / 1e6 }

  private static func time(_ id: String, _ title: String, _ seconds: Double) throws -> RunFinding {
    RunFinding(
      try Finding(
        id: id, title: title, value: seconds, unit: "s", better: .lower,
        detail: "Training the prior, inverting and judging, without encoders; of the last attempt.")
    )
  }

  // MARK: Results

  private func finish(
    _ attack: TemplateAttack, _ encoders: TemplateEncoders, _ session: RunSession
  ) throws -> RunResult {
    try attack.prior.save(to: folder)
    session.say(
      """
      inverting \(inversion.targets.count) templates, \(recipe.reconstruction.count) images each
      """)
    let (main, others) = try inversion.results(
      of: attack, encoders, say: session.say, isStopRequested: session.isStopRequested)
    let page = TemplatePage(inversion, main, others: others, encoders.roles)
    let files = try page.files()
    try ReportFolder(folder.path).write(files)
    var entries = try TemplateFindings(main).all()
    for (name, other) in others { entries += try TemplateFindings(other, setting: name).all() }
    return RunResult(
      findings: entries.map { RunFinding($0.finding, count: inversion.peopleCount) },
      outcomes: try TemplateFindings.outcomes(
        entries, of: inversion.data.privateImages.classNames),
      files: ["metrics.csv", "prior.json", "prior.safetensors"] + files.map(\.name))
  }
}
