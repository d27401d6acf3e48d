import Foundation
import Reports

/// Every run of an experiment in a profile, worked out from its recipe, so that the store can be asked which of
/// them are done.
public struct ExperimentPlan: Sendable {
  /// One run.
  public struct Run: Sendable {
    /// The variant; of a single run the recipe's name, or the variant that was chosen.
    public let variant: String
    /// The seed.
    public let seed: String
    /// What the store keeps.
    public let run: NewRun
  }

  /// The experiment.
  public let experiment: ReproducedExperiment
  /// The recipe with its profile; without its sweep where a single run is meant.
  public let recipe: ResolvedRecipe
  /// The kind of its runs.
  public let kind: any RunKind.Type
  /// The sweep; that of one variant where a single run is meant.
  public let plan: SweepPlan
  /// The folder of the experiment.
  public let folder: URL
  /// The runs that its numbers come from: of a sweep that halves, those of the last round.
  public let runs: [Run]

  /// Works an experiment out and checks it, without looking at data.
  ///
  /// - Parameters:
  ///   - profile: the recipe's profile.
  ///   - folder: the folder that all experiments have theirs in.
  ///   - kinds: the kinds of runs that there are.
  ///   - version: the version of the program, which is part of a run's fingerprint.
  /// - Throws: ``RecipeError`` with the place of what does not fit.
  public init(
    _ experiment: ReproducedExperiment, profile: String, in folder: URL,
    kinds: [any RunKind.Type], version: String
  ) throws {
    self.experiment = experiment
    let file = try RecipeFile.load(URL(filePath: experiment.recipe))
    let whole = try file.resolved(profile: profile)
    kind = try RunKindName.find(file.header.kind, in: kinds, recipe: experiment.recipe)
    try Self.check(experiment.run, of: kind.name, file: experiment.recipe)
    self.folder = folder.appending(path: experiment.name).standardizedFileURL
    recipe = experiment.run.isSweep ? whole : try Self.single(experiment, whole)
    plan = try SweepPlan(recipe)
    runs = try Self.runs(plan, experiment, kind, self.folder, version)
    try checkClaims()
  }

  /// The kinds of runs that a command is for; any where `nil`.
  private static func kinds(of command: ReproducedExperiment.Command) -> [String]? {
    switch command {
    case .ablate: nil
    case .defend, .invertModel: ["invert-model"]
    case .train: ["train", "prior"]
    case .tilt: ["tilt"]
    case .invertTemplate: ["invert-template"]
    case .membership: ["membership"]
    }
  }

  private static func check(
    _ command: ReproducedExperiment.Command, of kind: String, file: String
  ) throws(RecipeError) {
    guard let kinds = kinds(of: command), !kinds.contains(kind) else { return }
    throw .otherKind(file: file, kind: kind, expected: kinds[0])
  }

  /// The recipe of a single run: that of the variant that was chosen, or the recipe's own settings.
  private static func single(
    _ experiment: ReproducedExperiment, _ recipe: ResolvedRecipe
  ) throws(RecipeError) -> ResolvedRecipe {
    var chosen = recipe
    if let name = experiment.variant {
      let variants = try SweepPlan(recipe).variants
      guard let variant = variants.first(where: { $0.name == name }) else {
        throw .notAllowed(
          experiment.place, path: "variant", found: name, allowed: variants.map(\.name))
      }
      chosen = variant.recipe
    }
    return chosen.withoutSweep()
  }

  private static func runs(
    _ plan: SweepPlan, _ experiment: ReproducedExperiment, _ kind: any RunKind.Type,
    _ folder: URL, _ version: String
  ) throws -> [Run] {
    guard experiment.run.isSweep else {
      func run<Kind: RunKind>(_ kind: Kind.Type) throws -> NewRun {
        try NewRun(
          plan.recipe, of: kind, name: experiment.recipe, variant: experiment.variant,
          folder: folder.path, version: version)
      }
      let only = try run(kind)
      return [
        Run(variant: plan.variants[0].name, seed: only.seed.map(String.init) ?? "", run: only)
      ]
    }
    return try plan.settings.seeds.flatMap { seed in
      try plan.variants.map { variant in
        Run(
          variant: variant.name, seed: String(seed),
          run: try plan.newRun(
            variant, seed: seed, round: plan.rounds - 1, of: kind, name: experiment.recipe,
            folder: folder, version: version))
      }
    }
  }

  /// A variant must be one of the recipe; a profile that leaves some of them out has claims that are not measured.
  private func checkClaims() throws(RecipeError) {
    let names = plan.variants.map(\.name)
    for claim in experiment.claims {
      for name in [claim.variant, claim.against].compactMap(\.self) where !names.contains(name) {
        let known = try variantsOfAllProfiles()
        guard !known.contains(name) else { continue }
        throw .notAllowed(claim.place, path: "claims", found: name, allowed: known)
      }
      if claim.variant == nil, names.count > 1 {
        throw .missingKey(claim.place, path: "claims.variant", similar: nil)
      }
    }
  }

  private func variantsOfAllProfiles() throws(RecipeError) -> [String] {
    var names = plan.variants.map(\.name)
    guard experiment.run.isSweep else { return names }
    for profile in recipe.file.profiles {
      let others = try SweepPlan(recipe.file.resolved(profile: profile)).variants.map(\.name)
      names += others.filter { !names.contains($0) }
    }
    return names
  }

  // MARK: What it needs and costs

  /// Data that must lie in the working folder: sources that are paths.
  public var dataPaths: [String] {
    var seen: Set<String> = []
    return runs.compactMap { $0.run.dataSource }.filter {
      $0.contains("/") && seen.insert($0).inserted
    }
  }

  /// The first of those paths where nothing is.
  public var missingData: String? {
    dataPaths.first { !FileManager.default.fileExists(atPath: $0) }
  }

  /// How many of the runs a store has, finished.
  public func doneCount(in store: RunStore?) throws -> Int {
    guard let store else { return 0 }
    return try runs.filter { try store.isFinished($0.run) }.count
  }

  /// The runs, recorded in a store, or those that are there already.
  ///
  /// - Throws: ``StoreError``.
  public func enlist(
    in store: RunStore, environment: RunEnvironment
  ) throws -> [SweepMember] {
    try runs.map { planned in
      SweepMember(
        rung: plan.rounds - 1, variant: planned.variant, seed: planned.seed,
        run: try store.record(planned.run, environment: environment, reusing: .any))
    }
  }

  /// The finished runs that a store has, in the order of the plan.
  public func members(in store: RunStore) throws -> [SweepMember] {
    try runs.compactMap { planned in
      try store.finishedRun(planned.run).map {
        SweepMember(
          rung: plan.rounds - 1, variant: planned.variant, seed: planned.seed, run: $0)
      }
    }
  }
}

extension NewRun {
  /// What the settings call their data.
  fileprivate var dataSource: String? {
    struct Settings: Decodable {
      struct Source: Decodable { let source: String? }
      let data: Source?
    }
    return try? JSONDecoder().decode(Settings.self, from: Data(settings.utf8)).data?.source
  }
}
