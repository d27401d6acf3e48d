import Audit
import Datasets
import Files
import Foundation
import Networks
import Perturbations
import Reports
import Runs
import Torch
import Training

/// One run of a training recipe in a folder.
struct TrainingRun {
  private let recipe: TrainingRecipe
  private let folder: URL
  private let context: Context
  private let threads: Int
  private let training: Dataset
  private let unlabelled: Dataset?
  private let validation: Dataset?
  private let test: Dataset
  private let model: any Layer

  init(_ recipe: TrainingRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
    context = Context(seed: recipe.seed)
    threads = recipe.threads ?? min(4, ProcessInfo.processInfo.activeProcessorCount)
    let source = try DatasetSource(recipe.data.source)
    let options = LoadOptions(
      text: recipe.data.text ?? TextOptions(), seed: recipe.data.redraw == true ? recipe.seed : 0)
    var training = try source.load(.train, options: options)
    if let count = recipe.data.validation {
      let parts = try Self.split(training, validation: count, seed: recipe.seed)
      training = parts.training
      validation = parts.validation
    } else {
      validation = nil
    }
    if let count = recipe.data.train { training = try training.prefix(count) }
    (self.training, unlabelled) = try Self.labelled(training, recipe.data)
    let test = try source.load(.test, options: options)
    self.test = try recipe.data.test.map { try test.prefix($0) } ?? test
    model = try ModelRegistry.model(
      recipe.model.name, inputShape: training.inputShape, classCount: training.classNames.count,
      options: recipe.model.options ?? [:], vocabularySize: training.vocabulary?.count,
      using: Generator(seed: context.seed, purpose: "weights"))
  }

  /// The examples that keep their label, and those that lose it.
  private static func labelled(
    _ data: Dataset, _ settings: TrainingRecipe.Data
  ) throws -> (labelled: Dataset, unlabelled: Dataset?) {
    guard let count = settings.labels else { return (data, nil) }
    let classes = data.classNames.count
    guard count % classes == 0 else {
      throw TrainingError.setting(
        name: "data.labels", value: "\(count)", allowed: "a multiple of the \(classes) classes")
    }
    let chosen = try ClassSubset.balanced(
      data.labelValues, perClass: count / classes, classes: classes, seed: settings.labelSeed ?? 0)
    let unlabelled = try settings.unlabelled.map { try data.prefix($0) } ?? data
    return (try data.subset(chosen), unlabelled)
  }

  /// Sets validation examples apart, class by class.
  private static func split(
    _ data: Dataset, validation count: Int, seed: UInt64
  ) throws -> (training: Dataset, validation: Dataset) {
    guard count < data.count else {
      throw TrainingError.setting(
        name: "data.validation", value: "\(count)",
        allowed: "fewer than the \(data.count) training examples")
    }
    let share = Double(count) / Double(data.count)
    let split = try Split(
      stratifiedBy: data.labelValues,
      fractions: SplitFractions(train: 1 - share, validation: share, test: 0), seed: seed)
    return (try data.subset(split.train), try data.subset(split.validation))
  }

  /// Trains, from the newest checkpoint where there is one, and judges the finished model.
  func run(in session: RunSession) throws -> RunResult? {
    IntraOperatorThreads.set(threads)
    let trainer = try makeTrainer(isStopRequested: session.isStopRequested)
    session.say(
      """
      training \(recipe.model.name), \(model.parameterCount) weights, on \(training.count) examples \
      of \(training.name), \(trainer.totalSteps) steps
      """)
    // The store keeps about 200 steps of a run; metrics.csv has them all.
    let stride = max(1, trainer.totalSteps / 200)
    var isFirst = true
    let outcome = try trainer.run { state in
      let step = state.step - 1
      if isFirst { try session.restart(at: step) }
      isFirst = false
      let isStored = step % stride == 0 || state.accuracy != nil
      try session.log(step: step, state.values, isStored: isStored)
      if let accuracy = state.accuracy {
        session.say("step \(state.step): accuracy \(rounded(accuracy))")
      }
      session.update(state.step, of: state.totalSteps, "loss \(rounded(state.loss))")
    }
    if outcome == .interrupted { return nil }
    try session.replaceSeries(try storedPoints(every: stride))
    return try trainer.withFinalWeights { try finish() }
  }

  func makeTrainer(
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws -> Trainer {
    try Trainer(
      model: model, objective: try recipe.makeObjective(), training: training,
      unlabelled: unlabelled, evaluation: validation ?? test,
      augmentation: try recipe.makeAugmentation(),
      settings: recipe.training, context: context, folder: folder, identity: try identity(),
      isStopRequested: isStopRequested)
  }

  /// What must be equal for a checkpoint to be gone on from: settings, threads and the data itself,
  /// wherever it lies.
  private func identity() throws -> String {
    let digest = Digest(.sha256)
    var settings = recipe
    settings.data.source = ""
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var text =
      String(decoding: try encoder.encode(settings), as: UTF8.self)
      + "\(threads) \(try training.fingerprint()) \(try test.fingerprint())"
    text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
    return try digest.hexadecimal()
  }

  private func storedPoints(every stride: Int) throws -> [RunStore.Point] {
    try Trainer.metrics(in: folder).flatMap { row -> [RunStore.Point] in
      let isStored = row.step % stride == 0 || row.values.contains { $0.name == "accuracy" }
      return isStored ? row.values.map { .init($0.name, step: row.step, value: $0.value) } : []
    }
  }

  // MARK: Results

  private var evaluation: TrainingEvaluation {
    TrainingEvaluation(
      model: FrozenNetwork(
        model, inputShape: training.inputShape, classCount: training.classNames.count),
      threads: threads, seed: recipe.seed)
  }

  /// The sum of what `cost` says of each attack of the recipe.
  func attackCosts(
    _ cost: (TrainingRecipe.AttackEntry, TrainingEvaluation, Dataset) throws -> Double
  ) throws -> Double {
    try recipe.evaluation.reduce(0) { try $0 + cost($1, evaluation, test) }
  }

  private func finish() throws -> RunResult {
    var result = RunResult(findings: [])
    var table = SampleTable()
    if let validation {
      try evaluation.judge(validation, as: "validation", &result)
    }
    try evaluation.judge(test, as: "test", &result, &table)
    for entry in recipe.evaluation { try evaluation.attack(test, entry, &result, &table) }
    try model.save(to: folder.appending(path: "model.safetensors"))
    try model.export(to: folder.appending(path: "model.pt"))
    let description = ModelDescription(
      name: recipe.model.name, options: recipe.model.options ?? [:],
      inputShape: training.inputShape, classNames: training.classNames,
      vocabularySize: training.vocabulary?.count, text: recipe.data.text)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var files = [
      ReportFolder.File("model.json", try encoder.encode(description)),
      ReportFolder.File("samples.csv", table.csv()),
    ]
    if let vocabulary = training.vocabulary {
      files.append(.init("vocabulary.json", try vocabulary.json()))
    }
    try ReportFolder(folder.path).write(files)
    result.files = ["metrics.csv", "model.safetensors", "model.pt"] + files.map(\.name)
    return result
  }
}
