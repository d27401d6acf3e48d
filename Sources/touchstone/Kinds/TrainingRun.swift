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
  private let data: TrainingData
  private let model: any Layer
  private let objective: Objective

  init(_ recipe: TrainingRecipe, folder: URL) throws {
    self.recipe = recipe
    self.folder = folder
    context = Context(seed: recipe.seed, group: Job.group)
    threads = try recipe.threads ?? Job.threads()
    data = try TrainingData(recipe.data, seed: recipe.seed)
    if let attack = recipe.evaluation.first, data.test.outputs == .labels {
      throw PerturbationError.needsClasses(attack: attack.attack)
    }
    model = try data.model(
      recipe.model, using: Generator(seed: context.seed, purpose: "weights"))
    objective = try recipe.makeObjective()
  }

  /// Trains, from the newest checkpoint where there is one, and judges the finished model.
  func run(in session: RunSession) throws -> RunResult? {
    IntraOperatorThreads.set(threads)
    let trainer = try makeTrainer(isStopRequested: session.isStopRequested)
    if hasLabelsFile {
      let seed = recipe.data.labelSeed ?? 0
      try ReportFolder(folder.path).write([LabelsFile(labelled: data.training, seed: seed).file])
    }
    session.say(
      """
      training \(recipe.model.name), \(model.parameterCount) weights, on \(data.training.count) examples \
      of \(data.training.name), \(trainer.totalSteps) steps
      """)
    for warning in trainer.warnings { session.say("warning: \(warning)") }
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
        let name = trainer.accuracyName.replacing("_", with: " ")
        session.say("step \(state.step): \(name) \(rounded(accuracy))")
      }
      session.update(state.step, of: state.totalSteps, "loss \(rounded(state.loss))")
    }
    if outcome == .interrupted { return nil }
    try session.replaceSeries(try storedPoints(every: stride))
    let guarantee = trainer.privacyGuarantee
    return try trainer.withFinalWeights { try finish(guarantee) }
  }

  /// Whether to say which examples are labelled, since not all are.
  private var hasLabelsFile: Bool { recipe.data.labels != nil }

  func makeTrainer(
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws -> Trainer {
    let fingerprint = try data.fingerprint()
    if let group = Job.group {
      try group.agree(on: TrainingKind.text(of: recipeAnywhere), about: "recipe")
      try group.agree(on: fingerprint, about: "data")
    }
    return try Trainer(
      model: model, objective: objective, training: data.training,
      unlabelled: data.unlabelled, evaluation: data.validation ?? data.test,
      augmentation: try recipe.makeAugmentation(),
      settings: recipe.training, context: context, folder: folder,
      identity: try identity(fingerprint),
      isStopRequested: isStopRequested)
  }

  /// The recipe without the place of the data, which may be another on every machine.
  private var recipeAnywhere: TrainingRecipe {
    var recipe = recipe
    recipe.data.source = ""
    return recipe
  }

  /// What must be equal for a checkpoint to be gone on from: settings, threads and the data itself,
  /// wherever it lies.
  private func identity(_ fingerprint: String) throws -> String {
    let text = "\(try CanonicalJSON.text(of: recipeAnywhere))\(threads) \(fingerprint)"
    var bytes = Array(text.utf8)
    if let initial = recipe.training.initial {
      bytes += try FileContents.bytes(of: SafeTensors.weights(at: URL(filePath: initial)))
    }
    return try Digest.hexadecimal(.sha256, of: bytes)
  }

  private func storedPoints(every stride: Int) throws -> [RunStore.Point] {
    let names = Set(Trainer.accuracyNames.values)
    return try Trainer.metrics(in: folder).flatMap { row -> [RunStore.Point] in
      let isStored = row.step % stride == 0 || row.values.contains { names.contains($0.name) }
      return isStored ? row.values.map { .init($0.name, step: row.step, value: $0.value) } : []
    }
  }

  // MARK: Results

  private var evaluation: TrainingEvaluation {
    TrainingEvaluation(
      model: FrozenNetwork(
        objective.classifier(of: model), inputShape: data.training.inputShape,
        classCount: data.training.classNames.count),
      threads: threads, seed: recipe.seed)
  }

  /// The time that the measures of the recipe will take, from a few examples of each.
  func measureSeconds() throws -> Double {
    try recipe.measures.reduce(0) { total, entry in
      var short = entry
      let whole = min(entry.count, examples(of: entry).count)
      // A few examples of many people may not have a pair of one of them.
      short.count = try entry.makeMeasure() is any SetMeasure ? whole : min(100, whole)
      var result = RunResult(findings: [])
      let begin = ContinuousClock.now
      try evaluation.measure(short, of: model, on: examples(of: entry), &result)
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      return total + seconds * Double(whole) / Double(short.count)
    }
  }

  /// The sum of what `cost` says of each attack of the recipe.
  func attackCosts(
    _ cost: (TrainingRecipe.AttackEntry, TrainingEvaluation, Dataset) throws -> Double
  ) throws -> Double {
    try recipe.evaluation.reduce(0) { try $0 + cost($1, evaluation, data.test) }
  }

  /// The examples that a measure is made on.
  private func examples(of entry: TrainingRecipe.MeasureEntry) -> Dataset {
    switch entry.part {
    case .train: data.training
    case .test: data.test
    case .strangers: data.strangers ?? data.test
    }
  }

  /// The attacks that terms of the objective train against; nothing where none does.
  private var adversaries: [String]? {
    let found = Set(recipe.objective.compactMap { TermRegistry.adversary(of: $0.term) })
    return found.isEmpty ? nil : found.sorted()
  }

  /// A page for the measure that climbs to confidence, where inputs are pictures.
  private func perturbationPages() throws -> [ReportFolder.File] {
    for entry in recipe.measures {
      guard let climb = try entry.makeMeasure() as? ConfidenceClimb,
        let page = PerturbationPage(climb, of: model, on: examples(of: entry))
      else { continue }
      return [try page.file(count: entry.count, version: Audit.version)]
    }
    return []
  }

  private func description(_ guarantee: PrivacyGuarantee?) throws -> ModelDescription {
    var description = ModelDescription(
      name: recipe.model.name, options: recipe.model.options ?? [:],
      inputShape: data.training.inputShape, classNames: data.training.classNames)
    description.outputs = data.training.outputs == .classes ? nil : data.training.outputs
    description.standardisation = data.standardisation
    description.drawSeed = recipe.data.drawnFrom(seed: recipe.seed)
    description.portraits = recipe.data.portraits
    description.embeddingSize = (model as? any Encoder)?.embeddingSize
    description.head = objective.head == nil ? nil : ModelDescription.headFile
    description.classes =
      recipe.data.strangers == nil ? recipe.data.classes : data.training.classNames
    description.side = recipe.data.side
    description.trainedAgainst = adversaries
    description.privacy = guarantee
    description.trainedOn = try data.training.fingerprint()
    description.vocabularySize = data.training.vocabulary?.count
    description.text = recipe.data.text
    return description
  }

  private func finish(_ guarantee: PrivacyGuarantee?) throws -> RunResult {
    var result = RunResult(findings: [])
    if let guarantee {
      result.findings.append(RunFinding(try guarantee.finding(), count: data.training.count))
    }
    var table = SampleTable()
    if let validation = data.validation {
      try evaluation.judge(validation, as: "validation", &result)
    }
    try evaluation.judge(data.test, as: "test", &result, &table)
    for entry in recipe.evaluation { try evaluation.attack(data.test, entry, &result, &table) }
    for entry in recipe.measures {
      try evaluation.measure(entry, of: model, on: examples(of: entry), &result)
    }
    try model.save(to: folder.appending(path: "model.safetensors"))
    try objective.head?.save(to: folder.appending(path: ModelDescription.headFile))
    let description = try description(guarantee)
    try description.exported(model).export(to: folder.appending(path: "model.pt"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var files = [
      ReportFolder.File("model.json", try encoder.encode(description)),
      ReportFolder.File("samples.csv", table.csv()),
    ]
    if let vocabulary = data.training.vocabulary {
      files.append(.init("vocabulary.json", try vocabulary.json()))
    }
    let context = Context(seed: recipe.seed, workers: threads)
    if let page = try PlanePage(
      of: evaluation.model, on: data.training, recipe, context: context)
    {
      files += page.files
    }
    files += try perturbationPages()
    try ReportFolder(folder.path).write(files)
    result.files = ["metrics.csv", "model.safetensors", "model.pt"] + files.map(\.name)
    if objective.head != nil { result.files.append(ModelDescription.headFile) }
    if hasLabelsFile { result.files.append(LabelsFile.name) }
    return result
  }
}
