import Diffusion
import Files
import Foundation
import Networks
import Runs
import Training

/// `recipe: prior`: trains a diffusion model of images and samples from it.
enum PriorKind: RunKind {
  typealias Settings = PriorRecipe

  static let name = "prior"

  static func validate(_ settings: PriorRecipe) throws {
    try settings.validate()
    if let judge = settings.judge, !ModelRegistry.names.contains(judge.model.name) {
      throw ModelError.unknownModel(judge.model.name, known: ModelRegistry.names)
    }
  }

  static func run(_ settings: PriorRecipe, in session: RunSession) throws -> RunResult? {
    try PriorRun(settings, folder: session.folder).run(in: session)
  }

  /// A few steps and one batch of samples stand for all.
  static func trial(_ settings: PriorRecipe) throws -> RunCost {
    try TemporaryFolder.with { try trial(settings, in: $0) }
  }

  private static func trial(_ settings: PriorRecipe, in folder: URL) throws -> RunCost {
    let totalSteps = try PriorRun(settings, folder: folder).makeTrainer().totalSteps
    var short = settings
    short.training.steps = min(5, totalSteps)
    let run = try PriorRun(short, folder: folder)
    run.takeThreads()
    var times = [ContinuousClock.now]
    _ = try run.makeTrainer().run { _ in times.append(.now) }
    let durations = zip(times.dropFirst(), times).map { ($0 - $1) / .seconds(1) }.sorted()
    let step = durations[durations.count / 2]
    let begin = ContinuousClock.now
    _ = try run.samples(count: 8)
    let sampling = (ContinuousClock.now - begin) / .seconds(1) / 8
    let count = Double(run.sampleCount)
    return RunCost(
      seconds: step * Double(totalSteps) + sampling * count,
      basis: String(format: "%.1f ms a step, %d steps", step * 1000, totalSteps))
  }

  static var choices: [String: [String]] { ["judge.model.name": ModelRegistry.names] }

  static var help: [String: String] {
    let shared = TrainingKind.help.filter { $0.key.hasPrefix("training") }
    let judge = shared.map { ("judge." + $0.key, $0.value) }
    return own.merging(shared) { first, _ in first }.merging(judge) { first, _ in first }
  }

  private static let own = [
    "data": "The images that are learned.",
    "data.source": "A folder, an archive, or the name of a built-in set (touchstone data list).",
    "data.classes": "The names of the classes that are used, in their order; all by default.",
    "data.train": "How many training images are used; all by default.",
    "data.test": "How many test images the loss is measured on; all by default.",
    "data.drawSeed": "What a procedural set is drawn from.",
    "network": "The U-Net.",
    "network.layout": "DDPM++ (song) or ADM (adm).",
    "network.patch": "The side of the patches whose pixels become channels; 1 for none.",
    "network.width": "The channels of the first layer.",
    "network.multipliers": "The channels of every level, in multiples of the width.",
    "network.blocks": "Blocks a level.",
    "network.attention": "The sides, counted in patches, at which blocks have attention.",
    "network.dropout": "The share of units that are dropped while training.",
    "network.embeddingMultiplier": "The size of the embedding, in multiples of the width.",
    "network.conditionHidden": "Hidden units that conditions go through.",
    "conditions": "What images are conditioned on.",
    "conditions.classes": "Whether images are conditioned on their class.",
    "conditions.vectors": "The width of learned vectors of classes; unit vectors by default.",
    "conditions.templates":
      "An encoder, a run's folder or a TorchScript file, whose templates take the place of classes.",
    "conditions.dropout": "The probability with which an image loses its condition.",
    "noise": "The noise levels that are trained at: their logarithm is normal.",
    "noise.mean": "The mean of the logarithm.",
    "noise.deviation": "Its standard deviation.",
    "dataDeviation": "The standard deviation of images in [-1, 1]; measured by default.",
    "samples": "What is sampled from the finished prior.",
    "samples.count": "Images of every class, or in all where there are none.",
    "samples.guidance": "How far conditions are exaggerated; 1 takes them as they are.",
    "samples.guidances": "Other strengths of guidance that are judged as well.",
    "samples.steps": "Other numbers of steps that are judged as well.",
    "samples.sampler": "How images are sampled.",
    "samples.sampler.solver": "How one step goes.",
    "samples.sampler.levels": "The noise levels.",
    "samples.sampler.levels.steps": "The number of steps.",
    "samples.sampler.levels.minimum": "The lowest level before zero.",
    "samples.sampler.levels.maximum": "The highest level.",
    "samples.sampler.levels.rho": "How much shorter steps are at low levels.",
    "samples.sampler.churn": "Noise added before every step of heun and euler.",
    "samples.sampler.churn.amount": "How much noise in all.",
    "samples.sampler.churn.minimum": "The lowest level at which noise is added.",
    "samples.sampler.churn.maximum": "The highest.",
    "samples.sampler.churn.noise": "The deviation of the noise.",
    "samples.sampler.eta": "The share of noise that euler and dpm-solver replace in every step.",
    "judge": "A classifier of real images that judges whether samples show their class.",
    "judge.model": "Its network.",
    "judge.model.name": "The name of the network.",
    "judge.model.options": "Numbers that change it, such as width.",
    "judge.training": "How it is trained.",
    "seed": "The seed of all randomness.",
    "threads": "Threads inside one operator; the same number gives the same bits.",
  ]
}
