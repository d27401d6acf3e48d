import Audit
import Datasets
import Files
import Foundation
import Inversion
import Networks
import Runs
import Torch
import Training

/// `recipe: invert-model`: reconstructs the people whom a classifier was trained on, and measures what the images
/// show of them beyond public look-alikes.
enum ModelKind: RunKind {
  typealias Settings = ModelRecipe

  static let name = "invert-model"

  static let notice = EncoderAudit.notice

  static func validate(_ settings: ModelRecipe) throws { try settings.validate() }

  static func run(_ settings: ModelRecipe, in session: RunSession) throws -> RunResult? {
    try ModelRun(settings, folder: session.folder).run(in: session)
  }

  /// A few steps of fine-tuning and images of a few classes by the attack stand for all; what is trained once for
  /// several runs is left out.
  static func trial(_ settings: ModelRecipe) throws -> RunCost {
    var short = settings
    (short.count, short.rows) = (1, [TunedAttack.name])
    short.fineTuning.training.steps = 2
    let inversion = try ModelInversion(short)
    let shelf = Shelf(cache: Folders.cache, voice: nil)
    guard let networks = try ModelNetworks(inversion, on: shelf) else {
      return RunCost(seconds: 0, basis: "")
    }
    return try TemporaryFolder.with { folder in
      var step = 0.0
      let prepared = try ModelPreparation(inversion, networks, on: shelf, in: folder) {
        trainer, _ in
        let start = ContinuousClock.now
        _ = try trainer.run()
        step = (ContinuousClock.now - start) / .seconds(1) / Double(trainer.totalSteps)
        return true
      }
      guard let prepared else { return RunCost(seconds: 0, basis: "") }
      let some = Array(inversion.classes.prefix(8))
      let start = ContinuousClock.now
      _ = try inversion.attacks[0].images(of: some, count: 1, by: prepared.attacker)
      let image = (ContinuousClock.now - start) / .seconds(1) / Double(some.count)
      let rows = 2.5 * Double(settings.count * inversion.classes.count) * image
      let chosen = settings.prior.chosen * inversion.classes.count
      let tuning = settings.fineTuning.isOn ? settings.fineTuning.training.stepCount(of: chosen) : 0
      return RunCost(
        seconds: Double(tuning) * step + rows,
        basis: String(
          format: "%d steps of fine-tuning, %.0f ms an image; without networks that runs share",
          tuning, image * 1000))
    }
  }

  static var choices: [String: [String]] {
    var all = [
      "target.model": ModelRegistry.names, "evaluator.model": ModelRegistry.names,
      "rows": ModelAttacks.all.map { $0.name },
    ]
    for role in ["attack", "verification", "perception.network"] {
      all["encoders.\(role).model"] = ModelRegistry.encoderNames
    }
    return all
  }
}
