import Audit
import Files
import Foundation
import Inversion
import Networks
import Runs
import Torch
import Training

/// `recipe: invert-template`: reconstructs images of people from what an encoder says of them, and measures
/// how often they pass as these people.
enum TemplateKind: RunKind {
  typealias Settings = TemplateRecipe

  static let name = "invert-template"

  static let notice = EncoderAudit.notice

  static func validate(_ settings: TemplateRecipe) throws { try settings.validate() }

  static func run(_ settings: TemplateRecipe, in session: RunSession) throws -> RunResult? {
    try TemplateRun(settings, folder: session.folder).run(in: session)
  }

  /// A few steps and a batch of samples stand for all; encoders are trained once for all runs and left out.
  static func trial(_ settings: TemplateRecipe) throws -> RunCost {
    try TemporaryFolder.with { try trial(settings, in: $0) }
  }

  private static func trial(_ settings: TemplateRecipe, in folder: URL) throws -> RunCost {
    let inversion = try TemplateInversion(settings)
    let shelf = inversion.shelf(cache: Folders.cache, voice: nil)
    guard let encoders = try TemplateEncoders(settings, inversion.data, on: shelf) else {
      return RunCost(seconds: 0, basis: "")
    }
    let attack = try inversion.attack(with: encoders)
    inversion.takeThreads()
    let total = try attack.trainer(in: folder, identity: "trial").totalSteps
    var short = settings.training
    short.steps = min(6, total)
    var times = [ContinuousClock.now]
    _ = try attack.trainer(in: folder, identity: "trial", settings: short).run { _ in
      times.append(.now)
    }
    let durations = zip(times.dropFirst(), times).map { ($0 - $1) / .seconds(1) }.sorted()
    let step = durations[durations.count / 2]
    let width = encoders.roles.system.templateWidth
    let begin = ContinuousClock.now
    var single = settings.reconstruction
    single.count = 1
    _ = try attack.reconstructions(of: .ones([8, width]), by: single)
    let sampling = (ContinuousClock.now - begin) / .seconds(1) / 8 * Double(inversion.sampleCount)
    return RunCost(
      seconds: step * Double(total) + sampling,
      basis: String(format: "%.1f ms a step, %d steps, without encoders", step * 1000, total))
  }

  static var choices: [String: [String]] {
    let roles = ["system", "attack", "evaluation", "perception.network"]
    return Dictionary(
      uniqueKeysWithValues: roles.map { ("encoders.\($0).model", ModelRegistry.encoderNames) })
  }
}
