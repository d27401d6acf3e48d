import Datasets
import Files
import Foundation
import Inversion
import Networks
import Statistics
import Torch

/// The table of model inversion: what random and look-alike public images, attacks and real images show of the
/// people of a classifier.
package struct ModelTable: Sendable {
  /// One row.
  package struct Row: Sendable {
    /// The name that findings have.
    package let name: String
    /// The name for pages.
    package let title: String
    /// What the attack optimises; `nil` for real images.
    package let optimised: OptimisedVariable?
    /// The images.
    package let images: ClassImages
    /// What they show.
    package let result: ModelInversionRow
    /// What a network that learned from them alone knows of real images; `nil` where it was not asked.
    package let knowledge: KnowledgeExtraction?
    /// The row less the look-alikes, person by person: accuracy by the evaluator.
    package let lift: IdentityMean?
    /// The same for acceptance by verification.
    package let openSetLift: IdentityMean?
    /// The same for the correlation of traits.
    package let attributeLift: (value: Double, interval: Interval)?
  }

  /// The rows, from what makes nothing to real images.
  package private(set) var rows: [Row] = []
  /// The attack's accuracy less that of other rows, person by person, by the name of the other.
  package private(set) var advantages: [(over: String, mean: IdentityMean)] = []
  /// The name of real images.
  package static let ceiling = "private_test"

  /// Makes and judges all rows.
  ///
  /// - Parameters:
  ///   - folder: where the images of finished rows are, from which a run that was killed goes on.
  ///   - isStopRequested: asked between rows.
  /// - Returns: `nil` when somebody asked to stop.
  /// - Throws: what attacks and models throw.
  package init?(
    _ inversion: ModelInversion, _ networks: ModelNetworks, _ preparation: ModelPreparation,
    in folder: URL, isStopRequested: () -> Bool = { false }, say: (String) -> Void = { _ in }
  ) throws {
    let evaluation = try inversion.evaluation(networks)
    let identity = try inversion.identity(networks.target)
    var attacker = preparation.attacker
    var spendings: [String: InversionBudget] = [:]
    for attack in inversion.attacks {
      if isStopRequested() { return nil }
      let kind = type(of: attack)
      say(kind.title)
      let (images, spent) = try Self.made(attack, inversion, attacker, in: folder, identity)
      attacker.made[kind.name] = images.images
      var budget = spent
      spendings[kind.name] = spent
      if let first = kind.beginsWith, let before = spendings[first.name] {
        budget = budget.adding(before)
      }
      if kind.needsChoices { budget = budget.adding(preparation.budget.choosing) }
      if kind.needsTunedPrior { budget = budget.adding(preparation.budget.fineTuning) }
      try add(
        kind.name, kind.title, kind.optimised, images, budget, evaluation, inversion)
    }
    let real = try ClassImages(inversion.data.test)
    try add(Self.ceiling, "real images, not trained on", nil, real, nil, evaluation, inversion)
    advantages = try advantages(evaluation)
  }

  private mutating func add(
    _ name: String, _ title: String, _ optimised: OptimisedVariable?, _ images: ClassImages,
    _ budget: InversionBudget?, _ evaluation: ModelInversionEvaluation, _ inversion: ModelInversion
  ) throws {
    let result = try evaluation.row(name, images, budget: budget)
    let known = rows.first { $0.name == LookAlikes.name }?.result
    let knowledge =
      try inversion.recipe.extractsKnowledge && name != Self.ceiling
      ? KnowledgeExtraction(
        of: images, on: ClassImages(inversion.data.test),
        classCount: inversion.data.training.classNames.count,
        bootstrap: Bootstrap(resamples: inversion.recipe.resamples), seed: inversion.recipe.seed)
      : nil
    rows.append(
      Row(
        name: name, title: title, optimised: optimised, images: images, result: result,
        knowledge: knowledge,
        lift: try known.map { try evaluation.lift(of: result, over: $0) },
        openSetLift: try known.flatMap {
          evaluation.openSet == nil
            ? nil : try evaluation.lift(of: result, over: $0, in: .openSetAcceptance)
        },
        attributeLift: try known.flatMap {
          evaluation.oracle == nil ? nil : try evaluation.attributeLift(of: result, over: $0)
        }))
  }

  private func advantages(
    _ evaluation: ModelInversionEvaluation
  ) throws -> [(over: String, mean: IdentityMean)] {
    guard let attack = rows.first(where: { $0.name == TunedAttack.name }) else { return [] }
    let others = rows.filter { $0.optimised != nil && $0.name != attack.name }
    return try others.map {
      ($0.name, try evaluation.lift(of: attack.result, over: $0.result))
    }
  }

  /// The images of an attack, made or read.
  private static func made(
    _ attack: any ModelAttack, _ inversion: ModelInversion, _ attacker: Attacker, in folder: URL,
    _ identity: String
  ) throws -> (images: ClassImages, budget: InversionBudget) {
    let name = type(of: attack).name
    let count = inversion.recipe.count
    let classes = inversion.classes.flatMap { Array(repeating: $0, count: count) }
    let rows = folder.appending(path: "rows")
    let file = rows.appending(path: "\(name)-\(identity.prefix(16)).safetensors")
    let notes = rows.appending(path: "\(name)-\(identity.prefix(16)).json")
    if FileManager.default.fileExists(atPath: file.path),
      let kept = try SafeTensors.read(file).tensors["images"]
    {
      let budget = try JSONDecoder().decode(InversionBudget.self, from: Data(contentsOf: notes))
      return (try ClassImages(kept, classes: classes), budget)
    }
    let (images, budget) = try attacker.spent { attacker in
      try attack.images(of: inversion.classes, count: count, by: attacker)
    }
    try FileManager.default.createDirectory(at: rows, withIntermediateDirectories: true)
    try AtomicFile.write(JSONEncoder().encode(budget), to: notes)
    try SafeTensors.write(["images": images.to(.float32).contiguous()], to: file)
    return (try ClassImages(images, classes: classes), budget)
  }
}
