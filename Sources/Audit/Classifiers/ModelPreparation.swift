import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Runs
import Torch
import Training

/// What an attacker prepares before any image is made: what the target takes public images for, the prior of its
/// classes, and the same prior fine-tuned.
package struct ModelPreparation {
  /// What the attacker then has.
  package let attacker: Attacker
  /// What asking the target cost: by choosing public images, and by fine-tuning.
  package let budget: (choosing: InversionBudget, fineTuning: InversionBudget)
  /// Where the values of fine-tuning are, step by step; `nil` without it.
  package let log: URL?

  /// Trains what is not finished; `nil` when somebody asked to stop.
  ///
  /// - Parameters:
  ///   - shelf: where the prior of the classes is kept: runs that differ in losses share it.
  ///   - folder: for checkpoints and weights of fine-tuning, and the rows of its metrics.
  ///   - watch: runs the trainer of fine-tuning in a session; whether all was done.
  /// - Throws: what training throws.
  package init?(
    _ inversion: ModelInversion, _ networks: ModelNetworks, on shelf: Shelf, in folder: URL,
    say: (String) -> Void = { _ in }, watch: (Trainer, URL) throws -> Bool
  ) throws {
    let recipe = inversion.recipe
    let counted = CountedClassifier(networks.target)
    inversion.takeThreads()
    let known = try TargetPrior(
      recipe, of: counted, images: inversion.data.publicImages, context: inversion.context)
    let choosing = counted.counts
    let network = try known.network(from: networks.base)
    guard
      try ModelShelf(inversion, shelf).learnClasses(network, known, of: networks.target)
    else { return nil }
    inversion.takeThreads()
    let prior = known.prior(network)
    var tuned = prior
    var log: URL?
    var knowledge = TargetPrior.Knowledge()
    (knowledge.distance, knowledge.reader) = (networks.perception, networks.reader)
    knowledge.people = try Self.people(inversion, networks, known, network)
    knowledge.encoder =
      recipe.losses.identity.source == .classWeight
      ? try Self.targetAsEncoder(networks.target) : networks.attack
    if inversion.isFineTuned {
      let second = folder.appending(path: "fine-tuning")
      try FileManager.default.createDirectory(at: second, withIntermediateDirectories: true)
      let copy = try known.network(from: networks.base)
      try copy.load(network.state())
      if recipe.losses.identity.source == .learned, let vectors = copy.classes {
        knowledge.people = .learned(vectors)
      }
      let adapted = try known.adapted(copy)
      let identity = try inversion.identity(networks.target)
      guard
        try Self.finish(
          adapted, in: second, identity, inversion, say: say,
          trainer: {
            try known.fineTuner(
              of: adapted, with: knowledge, in: second, identity: identity,
              isStopRequested: shelf.isStopRequested)
          }, watch: { try watch($0, second) })
      else { return nil }
      adapted.adapters.merge()
      tuned = known.prior(adapted)
      log = second
    }
    let asked = log == nil ? 0 : known.fineTuningQueries
    budget = (
      InversionBudget(forward: choosing.forward), InversionBudget(forward: asked, backward: asked)
    )
    self.log = log
    attacker = Attacker(
      recipe: recipe, target: counted,
      publicImages: TemplateData.images(of: inversion.data.publicImages),
      lookAlikes: known.lookAlikes, centres: known.centres.vectors, prior: prior, tuned: tuned,
      identity: recipe.reconstruction.identity > 0
        ? Self.known(knowledge) : nil, context: inversion.context)
  }

  /// Fine-tunes a model unless its finished weights are in the folder; whether all is done.
  private static func finish(
    _ model: any Module, in folder: URL, _ identity: String, _ inversion: ModelInversion,
    say: (String) -> Void, trainer: () throws -> Trainer, watch: (Trainer) throws -> Bool
  ) throws -> Bool {
    let weights = folder.appending(path: "weights-\(identity.prefix(16)).safetensors")
    if FileManager.default.fileExists(atPath: weights.path) {
      try model.load(contentsOf: weights)
      return true
    }
    let trainer = try trainer()
    say("fine-tuning the prior for the target, \(trainer.totalSteps) steps")
    inversion.takeThreads(inversion.recipe.fineTuning.training)
    defer { inversion.takeThreads() }
    guard try watch(trainer) else { return false }
    try trainer.keepFinalWeights(in: weights)
    return true
  }

  /// What is known of the people, as the recipe has it.
  private static func people(
    _ inversion: ModelInversion, _ networks: ModelNetworks, _ known: TargetPrior,
    _ network: DenoisingNetwork
  ) throws -> IdentityTargets? {
    guard inversion.recipe.comparesTemplates else { return nil }
    switch inversion.recipe.losses.identity.source {
    case .classWeight:
      return try .classWeights(WhiteBox(networks.target).directions)
    case .learned: return network.classes.map { .learned($0) }
    case .publicLookAlikes:
      guard let encoder = networks.attack else { return nil }
      return try .lookAlikes(
        in: inversion.data.publicImages, chosen: known.lookAlikes, encoder: encoder,
        publicIdentities: inversion.data.publicImages.classNames,
        privateData: inversion.data.training)
    }
  }

  private static func known(_ knowledge: TargetPrior.Knowledge) -> Attacker.Known? {
    guard let encoder = knowledge.encoder, let people = knowledge.people else { return nil }
    return Attacker.Known(encoder: encoder, vectors: people.vectors)
  }

  /// The target's features as templates, in which its weights are directions of people.
  private static func targetAsEncoder(_ target: any Classifier) throws -> any TemplateEncoder {
    let box = WhiteBox(target)
    return FunctionEncoder(
      name: "the target's features", inputShape: target.inputShape,
      templateWidth: box.directions.size(1)
    ) { try box.answers(to: $0).features }
  }
}
