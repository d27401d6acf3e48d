import Datasets
import Files
import Foundation
import Inversion
import Networks
import Runs
import Statistics
import Torch
import Training

/// An inversion of a classifier from its settings to what it found: what runs of a recipe and audits have in common.
package struct ModelInversion: Sendable {
  /// What is done.
  package let recipe: ModelRecipe
  /// Who is public, private, and who thresholds are chosen on.
  package let data: ModelData
  /// Threads inside one operator.
  package let threads: Int
  /// Seed and workers of the attack.
  package let context: Context

  /// An inversion.
  ///
  /// - Throws: what `ModelData` throws.
  package init(_ recipe: ModelRecipe) throws {
    self.recipe = recipe
    threads = recipe.threads ?? IntraOperatorThreads.usual
    context = Context(seed: recipe.seed, workers: threads)
    data = try ModelData(recipe)
  }

  /// The attacked classes: all people of the target.
  package var classes: [Int] { Array(data.training.classNames.indices) }

  /// The attacks of the table, in its order.
  package var attacks: [any ModelAttack] { ModelAttacks.chosen(by: recipe) }

  /// Whether an attack of the table needs the prior fine-tuned.
  package var isFineTuned: Bool {
    recipe.fineTuning.isOn && attacks.contains { type(of: $0).needsTunedPrior }
  }

  /// What DP-SGD guarantees of the target; `nil` where it is not trained here by it.
  package func privacyGuarantee() throws -> PrivacyGuarantee? {
    guard recipe.target.path == nil, recipe.target.defence?.kind == .differentialPrivacy else {
      return nil
    }
    return try recipe.target.networkTraining().privacyGuarantee(on: data.training)
  }

  /// What must be equal for a checkpoint or an image of an attack to be gone on from.
  package func identity(_ target: any Classifier) throws -> String {
    var settings = recipe
    settings.data.source = ""
    (settings.oracle, settings.pictures, settings.resamples) = (nil, nil, 0)
    (settings.rows, settings.extractsKnowledge) = (nil, false)
    return try identity(of: settings, target, threads: threads)
  }

  /// What must be equal for two runs to share the prior of the target's classes.
  func priorIdentity(_ target: any Classifier) throws -> String {
    try identity(of: recipe.prior, target, threads: threads(recipe.prior.training))
  }

  private func identity(
    of settings: some Encodable, _ target: any Classifier, threads: Int
  ) throws -> String {
    let sample = TemplateData.images(of: try data.publicImages.prefix(16))
    let answers = try withoutGradients { try target.logits(sample).to(.float64) }
    let text = """
      \(try CanonicalJSON.text(of: settings)) \(recipe.seed) \(threads) \
      \(try data.publicImages.fingerprint()) \(answers.values(as: Double.self)) \(Audit.version)
      """
    return try Digest.hexadecimal(.sha256, of: Array(text.utf8))
  }

  /// Sets the threads inside one operator: one where batches or images are shared out.
  package func takeThreads(_ settings: TrainerSettings? = nil) {
    IntraOperatorThreads.set(settings.map(threads) ?? 1)
  }

  /// The threads inside one operator while something is trained, on which its bits depend; where batches are
  /// shared out they do not depend on the number of workers.
  func threads(_ settings: TrainerSettings) -> Int { (settings.shards ?? 1) > 1 ? 1 : threads }

  // MARK: Judging

  /// What judges rows.
  package func evaluation(_ networks: ModelNetworks) throws -> ModelInversionEvaluation {
    var evaluation = try ModelInversionEvaluation(
      of: networks.target, by: networks.evaluator, training: ClassImages(data.training),
      bootstrap: Bootstrap(resamples: recipe.resamples), seed: recipe.seed)
    if let encoder = networks.verification {
      evaluation.faces = encoder
      if let impostors = try impostors() {
        evaluation.openSet = try OpenSetAcceptance(
          encoder, genuine: ClassImages(data.test), impostors: impostors)
      }
    }
    evaluation.perception = networks.judge
    if let oracle = networks.oracle, let people = data.people {
      evaluation.oracle = (oracle, people)
    }
    return evaluation
  }

  /// People for thresholds and some public ones, no more than make a few million pairs.
  private func impostors() throws -> (images: Tensor, identities: [Int])? {
    guard let third = try data.thresholdImages?.spread(over: 1000) else { return nil }
    let known = try data.publicImages.spread(over: 500)
    let offset = third.classNames.count
    let images = Tensor.concatenated([
      TemplateData.images(of: third), TemplateData.images(of: known),
    ])
    let people = third.labelValues + known.labelValues.map { $0 + offset }
    return (images, people)
  }
}

extension Dataset {
  /// At most so many examples, at equal distances.
  fileprivate func spread(over most: Int) throws -> Dataset {
    guard count > most else { return self }
    return try subset((0..<most).map { $0 * count / most })
  }
}
