import Datasets
import Diffusion
import Files
import Foundation
import Networks
import Reports
import Runs
import Statistics
import Torch
import Training

/// One run of a prior's recipe in a folder.
struct PriorRun {
  private let recipe: PriorRecipe
  private let folder: URL
  private let context: Context
  private let threads: Int
  private let training: Dataset
  private let test: Dataset
  private let description: Prior.Description
  private let network: DenoisingNetwork
  private let templates: PriorTemplates?

  init(_ recipe: PriorRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
    threads = recipe.threads ?? IntraOperatorThreads.usual
    context = Context(seed: recipe.seed, workers: threads)
    (training, test) = try Self.parts(recipe.data)
    let isConditioned = recipe.conditions.areClasses
    if let path = recipe.conditions.templates {
      templates = try PriorTemplates(by: path, training: training, test: test, threads: threads)
    } else {
      templates = nil
    }
    var description = Prior.Description(
      network: recipe.network, imageShape: training.inputShape,
      classes: isConditioned ? training.classNames.count : nil,
      vectors: isConditioned ? recipe.conditions.vectors : templates?.width,
      dataDeviation: try recipe.dataDeviation ?? Prior.deviation(of: training),
      classNames: training.classNames)
    description.encoder = templates?.fingerprint
    self.description = description
    network = try description.makeNetwork(
      using: Generator(seed: recipe.seed, purpose: "weights"))
  }

  /// Training and test images; of data without parts one in five is for testing.
  private static func parts(
    _ settings: PriorRecipe.Data
  ) throws -> (training: Dataset, test: Dataset) {
    let source = try DatasetSource(settings.source)
    func options(_ count: Int?) -> LoadOptions {
      LoadOptions(count: count, seed: settings.drawSeed ?? 0, classes: settings.classes)
    }
    var (training, test): (Dataset, Dataset)
    if source.parts == [.all] {
      let all = try source.load(.all, options: options(nil))
      let split = try Split(
        stratifiedBy: all.labelValues,
        fractions: SplitFractions(train: 0.8, validation: 0, test: 0.2), seed: 0)
      (training, test) = (try all.subset(.train, of: split), try all.subset(.test, of: split))
    } else {
      training = try source.load(.train, options: options(settings.train))
      test = try source.load(.test, options: options(settings.test))
    }
    if let count = settings.train { training = try training.prefix(count) }
    if let count = settings.test { test = try test.prefix(count) }
    return (training, test)
  }

  /// The images that the recipe asks for in all.
  var sampleCount: Int { recipe.samples.count * (description.classes ?? 1) }

  /// Sets the threads inside one operator: one where batches are shared out.
  func takeThreads() {
    IntraOperatorThreads.set((recipe.training.shards ?? 1) > 1 ? 1 : threads)
  }

  func makeTrainer(
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws -> Trainer {
    let term = try Denoising(templates?.draw(recipe.draw, for: .train) ?? recipe.draw)
    return try Trainer(
      model: network, objective: Objective { term }, training: training, evaluation: nil,
      settings: recipe.training, context: context, folder: folder, identity: try identity(),
      isStopRequested: isStopRequested)
  }

  /// What must be equal for a checkpoint to be gone on from: what training depends on, threads and the
  /// data itself. Samples may be others.
  private func identity() throws -> String {
    var settings = recipe
    settings.data.source = ""
    (settings.samples, settings.judge) = (.init(), nil)
    // Where an encoder lies does not tell it from others.
    if templates != nil { settings.conditions.templates = "" }
    let text = """
      \(try PriorKind.text(of: settings)) \(threads) \(try training.fingerprint())\
      \(templates.map { " \($0.fingerprint)" } ?? "")
      """
    return try Digest.hexadecimal(.sha256, of: Array(text.utf8))
  }

  /// Trains, from the newest checkpoint where there is one, samples and judges.
  func run(in session: RunSession) throws -> RunResult? {
    takeThreads()
    let trainer = try makeTrainer(isStopRequested: session.isStopRequested)
    session.say(
      """
      training a prior, \(network.parameterCount) weights, on \(training.count) images of \
      \(training.name), \(trainer.totalSteps) steps
      """)
    guard try trainer.run(in: session, folder: folder) else { return nil }
    return try trainer.withFinalWeights { try finish(session) }
  }

  // MARK: Results

  private var prior: Prior { Prior(network, description: description) }

  /// Images of every class, or of the template of every test image, in turn, or without a condition.
  func samples(
    count: Int, _ setting: PriorRecipe.Samples? = nil, keepsTrajectory: Bool = false
  ) throws -> Samples {
    let setting = setting ?? recipe.samples
    var request = SampleRequest(count: count)
    if let classes = description.classes {
      request.condition = try prior.condition(ofClasses: (0..<count).map { $0 % classes })
      request.guidance = setting.guidance
    } else if let templates {
      request.condition = templates.conditions(count: count)
      request.guidance = setting.guidance
    }
    request.keepsTrajectory = keepsTrajectory
    return try prior.samples(request, by: setting.sampler, context: context)
  }

  private func finish(_ session: RunSession) throws -> RunResult? {
    try prior.save(to: folder)
    var result = RunResult(findings: [try loss()])
    session.say("sampling \(sampleCount) images")
    let drawn = try samples(count: sampleCount)
    let columns = description.classes ?? 10
    let walk = try samples(count: min(sampleCount, columns), keepsTrajectory: true)
    var files = try [
      picture(of: drawn, named: "samples.png"),
      SamplePictures.trajectory(walk, named: "trajectory.png"),
    ]
    if let templates {
      result.findings += try templates.findings(on: drawn.images, seed: recipe.seed)
    }
    if let judge = recipe.judge {
      session.say("training a classifier of real images")
      let panel = try SampleJudge(
        judge, training: training, test: test, folder: folder, context: context)
      guard try panel.train(isStopRequested: session.isStopRequested) else { return nil }
      let labels = (0..<sampleCount).map { $0 % columns }
      result.findings += try panel.findings(on: drawn.images, labels: labels)
      result.findings.append(try panel.accuracy())
      for (name, setting) in recipe.samples.others {
        session.say("sampling with \(name)")
        let others = try samples(count: sampleCount, setting)
        result.findings += try panel.findings(on: others.images, labels: labels, name)
        files.append(try picture(of: others, named: "samples.\(name).png"))
      }
    }
    try ReportFolder(folder.path).write(files)
    result.files =
      ["metrics.csv", "prior.json", "prior.safetensors"] + files.map(\.name)
    return result
  }

  /// The first ten of every class, or the first hundred.
  private func picture(of samples: Samples, named name: String) throws -> ReportFolder.File {
    let columns = description.classes ?? 10
    return try SamplePictures.grid(
      samples.images[0..<min(sampleCount, 10 * columns)], columns: columns, named: name)
  }

  private func loss() throws -> RunFinding {
    let losses = try prior.losses(
      on: test, templates?.draw(recipe.draw, for: .test) ?? recipe.draw, context: context)
    var stream = RandomStream(seed: recipe.seed, purpose: "interval.denoising_loss")
    let mean = try MeanEstimate(of: losses, using: &stream)
    let finding = try Finding(
      id: "denoising_loss", title: "Denoising loss, test images", value: mean.mean,
      interval: mean.interval, unit: "", better: .lower,
      detail: "Weighted squared error, mean over pixels, one noise level an image.")
    return RunFinding(finding, count: losses.count)
  }
}

extension PriorRecipe.Samples {
  /// The other settings of the grid, by the names that findings give them.
  fileprivate var others: [(name: String, setting: PriorRecipe.Samples)] {
    let guided = guidances.map { guidance in
      var other = self
      other.guidance = guidance
      return (name: "guidance.\(FindingID.part(for: guidance))", setting: other)
    }
    let stepped = steps.map { steps in
      var other = self
      other.sampler.levels.steps = steps
      return (name: "steps.\(steps)", setting: other)
    }
    return guided + stepped
  }
}
