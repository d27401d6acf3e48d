import Datasets
import Diffusion
import Files
import Foundation
import Inversion
import Networks
import Reports
import Runs
import Statistics
import Torch
import Training

/// One run of a template inversion's recipe in a folder.
struct TemplateRun {
  private let recipe: TemplateRecipe
  private let folder: URL
  private let context: Context
  private let threads: Int
  private let data: TemplateData
  private let targets: TemplateTargets

  init(_ recipe: TemplateRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
    threads = recipe.threads ?? min(4, ProcessInfo.processInfo.activeProcessorCount)
    context = Context(seed: recipe.seed, workers: threads)
    data = try TemplateData(recipe.data)
    targets = try data.targets()
  }

  /// Trains encoders and the prior, from where an earlier attempt stopped, inverts and judges.
  func run(in session: RunSession) throws -> RunResult? {
    session.say(TemplateKind.notice)
    IntraOperatorThreads.set(threads)
    let shelf = EncoderShelf(images: data.publicImages, threads: threads, session: session)
    guard let encoders = try TemplateEncoders(recipe, data, on: shelf) else { return nil }
    let begin = (wall: ContinuousClock.now, work: Self.processorSeconds)
    let attack = try attack(with: encoders)
    takeThreads()
    let trainer = try attack.trainer(
      in: folder, identity: try identity(encoders.roles),
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

  /// The attack before it has learned.
  func attack(with encoders: TemplateEncoders) throws -> TemplateAttack {
    try TemplateAttack(
      recipe, learningFrom: data.publicImages, roles: encoders.roles,
      perception: encoders.perception, context: context)
  }

  /// Encoders that have learned nothing, to measure time with.
  func drawnEncoders() throws -> TemplateEncoders? {
    try TemplateEncoders(
      recipe, data,
      on: EncoderShelf(images: data.publicImages, threads: threads, session: nil))
  }

  /// How many images are sampled.
  var sampleCount: Int {
    let setting = recipe.reconstruction
    return targets.count * setting.count * (1 + setting.others.count)
  }

  /// Sets the threads inside one operator: one where batches are shared out.
  func takeThreads() {
    IntraOperatorThreads.set((recipe.training.shards ?? 1) > 1 ? 1 : threads)
  }

  /// What must be equal for a checkpoint to be gone on from.
  private func identity(_ roles: EncoderRoles) throws -> String {
    var settings = recipe
    settings.data.source = ""
    settings.reconstruction = .init()
    (settings.oracle, settings.pictures, settings.resamples) = (nil, nil, 0)
    let digest = Digest(.sha256)
    var text = """
      \(try TemplateKind.text(of: settings)) \(threads) \(try data.publicImages.fingerprint()) \
      \(try roles.system.fingerprint()) \(try roles.attack.fingerprint())
      """
    text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
    return try digest.hexadecimal()
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
    let templates = try encoders.roles.system.checkedTemplates(of: targets.images)
    session.say("inverting \(targets.count) templates, \(recipe.reconstruction.count) images each")
    let reader = try oracle()
    let people = Set(targets.identities).count
    func leakage(_ setting: TemplateRecipe.Reconstruction) throws -> TemplateLeakage {
      try TemplateLeakage(
        of: attack.reconstructions(of: templates, by: setting), like: templates,
        roles: encoders.roles, targets: targets, data: data, by: encoders.judge, oracle: reader,
        bootstrap: Bootstrap(resamples: recipe.resamples), seed: recipe.seed)
    }
    let main = try leakage(recipe.reconstruction)
    let others = try recipe.reconstruction.others.map { name, setting in
      session.say("inverting with \(name)")
      return (name: name, leakage: try leakage(setting))
    }
    let page = TemplatePage(
      recipe, main, others: others, encoders.roles, data: data, targets: targets)
    let files = try page.files()
    try ReportFolder(folder.path).write(files)
    var entries = try TemplateFindings(main, people: people).all()
    for (name, other) in others {
      entries += try TemplateFindings(other, people: people, setting: name).all()
    }
    return RunResult(
      findings: entries.map(\.finding),
      outcomes: entries.reduce(into: [:]) { $0[$1.finding.id] = $1.outcomes },
      files: ["metrics.csv", "prior.json", "prior.safetensors"] + files.map(\.name))
  }

  /// A reader of traits that learns from other people than the private ones.
  private func oracle() throws -> TemplateLeakage.Oracle? {
    guard let wanted = recipe.oracle, let people = data.people else { return nil }
    let options = recipe.data.portraits ?? PortraitOptions()
    let portraits = try Portraits(
      privateIdentities: 1, publicIdentities: wanted.people, pool: .public,
      size: options.size ?? 32, isColor: options.color ?? false, minimumDistance: 0)
    var settings = AttributeOracle.Settings()
    (settings.pictures, settings.epochs) = (wanted.pictures, wanted.epochs)
    settings.width = wanted.width
    IntraOperatorThreads.set(threads)
    // Another seed than the data's: none of these people is private.
    let reader = try AttributeOracle(
      learningFrom: portraits, seed: (recipe.data.drawSeed ?? 0) &+ 1, settings: settings)
    return (reader, targets.identities.map { people[$0] })
  }
}
