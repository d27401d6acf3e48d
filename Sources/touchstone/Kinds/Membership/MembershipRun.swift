import Audit
import Datasets
import Foundation
import Inversion
import Reports
import Runs
import Statistics
import Torch
import Training

/// One run of a membership recipe in a folder.
struct MembershipRun {
  /// Who is a member and who is not.
  let data: MembershipData
  /// How many models are trained at a time.
  let workers: Int
  private let recipe: MembershipRecipe
  private let folder: URL

  init(_ recipe: MembershipRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
    workers = recipe.threads ?? IntraOperatorThreads.usual
    data = try MembershipData(recipe.data)
  }

  /// Trains the network and its shadows, from where an earlier attempt stopped, and asks who was a member.
  ///
  /// - Throws: `CancellationError` when somebody asked to stop.
  func run(in session: RunSession) throws -> RunResult? {
    session.say(MembershipKind.notice)
    // One thread inside an operator, so that neither weights nor findings depend on the number of workers.
    IntraOperatorThreads.set(1)
    var training = try recipe.networkTraining()
    training.isStopRequested = session.isStopRequested
    session.say("training \(recipe.model.name) on \(data.members.count) of \(data.members.name)")
    let target = try training.trained(
      on: data.members, seed: recipe.seed, folder: folder.appending(path: "target"),
      identity: try identity())
    let inference = try MembershipInference(
      of: target, members: data.members, others: data.others,
      bootstrap: Bootstrap(.percentile, resamples: recipe.resamples), seed: recipe.seed)
    let context = Context(seed: recipe.seed, workers: workers)
    let shadows = try shadows(of: inference, by: training, context, session)
    let rows = try recipe.attacks.rows(
      of: inference, shadows: shadows, context: context, say: session.say)
    for warning in rows.first?.scores.warnings ?? [] { session.say("warning: \(warning)") }
    let findings = MembershipFindings(inference, rows)
    let files = try MembershipPage(recipe, data, inference, rows).files()
    try ReportFolder(folder.path).write(files)
    return RunResult(
      findings: try findings.all().map { RunFinding($0.finding, count: $0.count) },
      files: files.map(\.name))
  }

  private func shadows(
    of inference: MembershipInference, by training: NetworkTraining, _ context: Context,
    _ session: RunSession
  ) throws -> ShadowModels? {
    let count = recipe.attacks.shadows
    guard count > 0 else { return nil }
    session.say("training \(count) shadow models, each on half of \(inference.pool.count)")
    let done = Tally()
    return try ShadowModels.trained(
      count, on: inference.pool, by: training, folder: folder.appending(path: "shadows"),
      identity: identity(), context: context
    ) { _ in session.update(done.next(), of: count, "shadow models") }
  }

  /// What must be equal for weights and checkpoints in the folder to be gone on from: how networks are trained.
  private func identity() throws -> String {
    var settings = recipe
    settings.data.source = ""
    (settings.attacks, settings.resamples, settings.threads) = (.init(), 0, nil)
    return try "\(MembershipKind.text(of: settings)) \(data.members.fingerprint())"
  }

  /// Counts from several threads.
  private final class Tally: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
  }
}
