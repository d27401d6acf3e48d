import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Runs
import Statistics
import Torch
import Training

/// One run of a training recipe in a folder.
struct TrainingRun {
  private let recipe: TrainingRecipe
  private let resolved: ResolvedRecipe
  private let folder: URL
  private let context: Context
  private let threads: Int
  private let training: Dataset
  private let test: Dataset
  private let model: any Layer
  private let stop = StopSignal()

  init(
    recipe: TrainingRecipe, resolved: ResolvedRecipe, data: String?, seed: UInt64?, folder: URL
  ) throws {
    try recipe.training.validate()
    self.recipe = recipe
    self.resolved = resolved
    self.folder = folder
    context = Context(seed: seed ?? recipe.seed ?? 0)
    threads = recipe.threads ?? min(4, ProcessInfo.processInfo.activeProcessorCount)
    let path = data ?? recipe.data.source
    let source = try DatasetSource(path)
    var training = try source.load(.train)
    var test = try source.load(.test)
    if let count = recipe.data.train { training = try training.prefix(count) }
    if let count = recipe.data.test { test = try test.prefix(count) }
    self.training = training
    self.test = test
    model = try ModelRegistry.model(
      recipe.model.name, inputShape: training.inputShape, classCount: training.classNames.count,
      options: recipe.model.options ?? [:],
      using: Generator(seed: context.seed, purpose: "weights"))
  }

  func start(_ progress: ProgressLine, printsJSON: Bool) throws {
    let started = Date()
    try ReportFolder(folder.path).check()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    IntraOperatorThreads.set(threads)
    let trainer = try Trainer(
      model: model, objective: try recipe.makeObjective(), training: training, evaluation: test,
      augmentation: try recipe.makeAugmentation(), settings: recipe.training, context: context,
      folder: folder, identity: try identity(), stop: stop)
    try ReportFolder(folder.path).write([.init("recipe.yaml", resolved.yaml)])
    let interrupts = catchInterrupts()
    defer { interrupts.cancel() }
    progress.say(
      """
      training \(recipe.model.name), \(model.parameterCount) weights, on \(training.count) examples \
      of \(training.name), \(trainer.totalSteps) steps
      """)
    let outcome = try trainer.run { state in
      if let accuracy = state.accuracy {
        progress.say("step \(state.step): test accuracy \(rounded(accuracy))")
      }
      progress.update(state.step, of: state.totalSteps, "loss \(rounded(state.loss))")
    }
    if outcome == .interrupted {
      progress.say("interrupted; the same command goes on from the checkpoint in \(folder.path)")
      return
    }
    let seconds = Date().timeIntervalSince(started)
    let result = try trainer.withFinalWeights { try finish(seconds) }
    print(printsJSON ? result.text(pretty: true, sortedKeys: true) : summary(result, seconds))
  }

  /// What must be equal for a checkpoint to be gone on from.
  private func identity() throws -> String {
    let digest = Digest(.sha256)
    var text =
      resolved.json.text(sortedKeys: true)
      + "\(context.seed) \(threads) \(try training.fingerprint()) \(try test.fingerprint())"
    text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
    return try digest.hexadecimal()
  }

  /// Ctrl-C asks the trainer to stop; a second one ends the process at once.
  private func catchInterrupts() -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { [stop] in
      if stop.isRequested { exit(130) }
      stop.request()
    }
    source.resume()
    return source
  }

  // MARK: Results

  private func finish(_ seconds: Double) throws -> JSONValue {
    let frozen = FrozenNetwork(
      model, inputShape: training.inputShape, classCount: training.classNames.count)
    let predictions = try Predictions(
      of: frozen, on: test, engine: AttackEngine(chunkSize: 500), context: context)
    try model.save(to: folder.appending(path: "model.safetensors"))
    try model.export(to: folder.appending(path: "model.pt"))
    let description = ModelDescription(
      name: recipe.model.name, options: recipe.model.options ?? [:],
      inputShape: training.inputShape, classNames: training.classNames)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let result = try results(predictions, seconds)
    try ReportFolder(folder.path).write([
      .init("model.json", try encoder.encode(description)),
      .init("results.json", result.text(pretty: true, sortedKeys: true)),
    ])
    return result
  }

  /// `results.json`, schema `touchstone.results/1`.
  private func results(_ predictions: Predictions, _ seconds: Double) throws -> JSONValue {
    let wrong = predictions.correct.filter { !$0 }.count
    let count = predictions.correct.count
    let interval = try Proportion(successes: wrong, trials: count).wilson()
    let error: JSONValue = [
      "value": JSONValue(Double(wrong) / Double(count)), "low": JSONValue(interval.low),
      "high": JSONValue(interval.high), "n": .integer(count), "unit": "rate",
    ]
    let variant: JSONValue = [
      "name": .string(recipe.model.name), "metrics": ["test_error": error], "forecast": [:],
    ]
    return [
      "schema": "touchstone.results/1",
      "recipe": .string(resolved.file.path), "profile": JSONValue(resolved.profile),
      "settings": resolved.json, "seeds": [JSONValue(context.seed)], "seconds": JSONValue(seconds),
      "variants": [variant],
    ]
  }

  private func summary(_ result: JSONValue, _ seconds: Double) -> String {
    guard case .object(let root) = result, case .array(let variants)? = root["variants"],
      case .object(let variant)? = variants.first, case .object(let metrics)? = variant["metrics"],
      case .object(let error)? = metrics["test_error"], case .number(let value)? = error["value"],
      case .number(let low)? = error["low"], case .number(let high)? = error["high"]
    else { return folder.path }
    func percent(_ rate: Double) -> String { String(format: "%.2f %%", rate * 100) }
    return """
      test accuracy \(percent(1 - value)) (95 % interval \(percent(1 - high)) to \
      \(percent(1 - low)), \(test.count) examples) after \(Int(seconds)) s; the model is in \
      \(folder.relativePath)
      """
  }
}

/// What `model.json` says: enough to build the network that `model.safetensors` fits.
struct ModelDescription: Codable {
  var name: String
  var options: [String: Double]
  var inputShape: [Int]
  var classNames: [String]
}
