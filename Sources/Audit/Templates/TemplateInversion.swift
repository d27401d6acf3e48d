import Datasets
import Files
import Foundation
import Inversion
import Networks
import Runs
import Statistics
import Torch
import Training

/// An inversion of templates from its settings to what it found: what runs of a recipe and audits have in
/// common.
package struct TemplateInversion: Sendable {
  /// What is done.
  package let recipe: TemplateRecipe
  /// Who is public, private, and who thresholds are chosen on.
  package let data: TemplateData
  /// Whose templates are stolen.
  package let targets: TemplateTargets
  /// Threads inside one operator.
  package let threads: Int
  private let context: Context

  /// An inversion.
  ///
  /// - Parameter data: the recipe's, where it is read already.
  /// - Throws: ``InversionError/noEncoder(path:role:)``, what `TemplateData` throws.
  package init(_ recipe: TemplateRecipe, data: TemplateData? = nil) throws {
    // Before data are read or drawn, which may take long.
    for (role, encoder) in recipe.encoders.roles { try encoder.checkPath(as: role) }
    self.recipe = recipe
    threads = recipe.threads ?? IntraOperatorThreads.usual
    context = Context(seed: recipe.seed, workers: threads)
    self.data = try data ?? TemplateData(recipe.data)
    targets = try self.data.targets()
  }

  /// The number of people whose templates are stolen.
  package var peopleCount: Int { Set(targets.identities).count }

  /// Where its encoders are read, trained and kept.
  ///
  /// - Parameters:
  ///   - cache: the folder of the cache.
  ///   - voice: whom to tell; encoders are not trained at all where there is nobody, to measure time.
  package func shelf(
    cache: URL, voice: (any RunVoice)?,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) -> EncoderShelf {
    EncoderShelf(
      images: data.publicImages, threads: threads,
      shelf: Shelf(cache: cache, voice: voice, isStopRequested: isStopRequested))
  }

  /// The attack before it has learned.
  package func attack(with encoders: TemplateEncoders) throws -> TemplateAttack {
    try TemplateAttack(
      recipe, learningFrom: data.publicImages, roles: encoders.roles,
      perception: encoders.perception, context: context)
  }

  /// How many images are sampled.
  package var sampleCount: Int {
    let setting = recipe.reconstruction
    return targets.count * setting.count * (1 + setting.others.count)
  }

  /// Sets the threads inside one operator: one where batches are shared out.
  package func takeThreads() {
    IntraOperatorThreads.set((recipe.training.shards ?? 1) > 1 ? 1 : threads)
  }

  /// What must be equal for a checkpoint to be gone on from.
  package func identity(_ roles: EncoderRoles) throws -> String {
    var settings = recipe
    settings.data.source = ""
    settings.reconstruction = .init()
    (settings.oracle, settings.pictures, settings.resamples) = (nil, nil, 0)
    let text = """
      \(try CanonicalJSON.text(of: settings)) \(threads) \
      \(try data.publicImages.fingerprint()) \(try roles.system.fingerprint()) \
      \(try roles.attack.fingerprint())
      """
    return try Digest.hexadecimal(.sha256, of: Array(text.utf8))
  }

  /// What came out of an attack, and of the other ways to sample that the recipe names.
  package typealias Results = (
    main: TemplateLeakage, others: [(name: String, leakage: TemplateLeakage)]
  )

  /// Inverts the stolen templates with an attack that has learned, in every way that the recipe names, and
  /// judges what comes out.
  ///
  /// - Parameters:
  ///   - say: told what thresholds rest on and which way is tried.
  ///   - isStopRequested: asked before each way.
  /// - Throws: `CancellationError` when somebody asked to stop.
  package func results(
    of attack: TemplateAttack, _ encoders: TemplateEncoders, say: (String) -> Void = { _ in },
    isStopRequested: () -> Bool = { false }
  ) throws -> Results {
    let reference = try LeakageReference(
      roles: encoders.roles, targets: targets, data: data, by: encoders.judge, oracle: oracle(),
      bootstrap: Bootstrap(resamples: recipe.resamples), seed: recipe.seed)
    for warning in reference.system.warnings { say("warning: \(warning)") }
    func leakage(_ setting: TemplateRecipe.Reconstruction) throws -> TemplateLeakage {
      if isStopRequested() { throw CancellationError() }
      return try TemplateLeakage(
        of: attack.reconstructions(of: reference.templates, by: setting), against: reference)
    }
    let main = try leakage(recipe.reconstruction)
    let others = try recipe.reconstruction.others.map { name, setting in
      say("inverting with \(name)")
      return (name: name, leakage: try leakage(setting))
    }
    return (main, others)
  }

  /// A reader of traits that learns from other people than the private ones; `nil` where none is wanted.
  private func oracle() throws -> TemplateLeakage.Oracle? {
    guard let wanted = recipe.oracle, let people = data.people else { return nil }
    IntraOperatorThreads.set(threads)
    return (try wanted.reader(beside: recipe.data), targets.identities.map { people[$0] })
  }
}
