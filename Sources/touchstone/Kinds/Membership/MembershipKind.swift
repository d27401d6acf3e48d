import Audit
import Datasets
import Files
import Foundation
import Inversion
import Networks
import Runs
import Torch
import Training

/// `recipe: membership`: trains a network and asks whether its answers tell who was in its training set.
enum MembershipKind: RunKind {
  typealias Settings = MembershipRecipe

  static let name = "membership"

  static let notice = EncoderAudit.notice

  static func validate(_ settings: MembershipRecipe) throws { try settings.validate() }

  static func run(_ settings: MembershipRecipe, in session: RunSession) throws -> RunResult? {
    try MembershipRun(settings, folder: session.folder).run(in: session)
  }

  /// A few steps stand for the training of the network and of all shadows; attacks by decisions are left out.
  static func trial(_ settings: MembershipRecipe) throws -> RunCost {
    let run = try TemporaryFolder.with { try MembershipRun(settings, folder: $0) }
    IntraOperatorThreads.set(1)
    var training = try settings.networkTraining()
    let total = training.settings(for: run.data.members).stepCount(of: run.data.members.count)
    training.settings.steps = min(20, total)
    let begin = ContinuousClock.now
    _ = try training.trained(on: run.data.members, seed: settings.seed)
    let step = (ContinuousClock.now - begin) / .seconds(1) / Double(min(20, total))
    let models = 1 + Double(settings.attacks.shadows) / Double(run.workers)
    return RunCost(
      seconds: step * Double(total) * models,
      basis: String(
        format: "%.1f ms a step, %d steps, %d models", step * 1000, total,
        1 + settings.attacks.shadows))
  }

  static var choices: [String: [String]] {
    ["model.name": ModelRegistry.names, "objective.term": TermRegistry.names]
  }

  static var help: [String: String] {
    let shared = TrainingKind.help.filter { entry in
      ["model", "objective", "training"].contains { entry.key.hasPrefix($0) }
    }
    return own.merging(shared) { first, _ in first }
  }

  private static let own = [
    "data": "Whom the network learns from, and whom not.",
    "data.source":
      "A folder, an archive, or the name of a built-in set; members and others are of its training part.",
    "data.classes": "The names of the classes that are used, in their order; all by default.",
    "data.members": "How many examples the network learns from.",
    "data.others": "How many others it is asked about; as many as members by default.",
    "data.side":
      "The pixels of a side of the middle square that images in files of their own are reduced to.",
    "data.shift": "By how many pixels images are shifted at most, at random, while training.",
    "data.flip": "Whether images are mirrored at random while training.",
    "data.drawSeed": "What the draw of members and others depends on.",
    "attacks": "What is tried beside thresholds on one answer.",
    "attacks.shadows": "How many shadow models the likelihood ratio has; 0 for none.",
    "attacks.shifts": "How far images are shifted by the attack that counts right decisions.",
    "attacks.boundary": "The search for the boundary by decisions alone.",
    "attacks.boundary.steps": "How often its direction is estimated.",
    "attacks.boundary.evaluations": "Answers for the first estimate.",
    "resamples": "Resamples of every bootstrap.",
    "seed": "The seed of the audited network.",
    "threads": "How many models are trained at a time; results do not depend on it.",
  ]
}
