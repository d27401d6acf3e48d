import ArgumentParser
import Audit
import Datasets
import Foundation
import Inversion
import Runs
import Torch
import Training

extension AuditCommand {
  /// How the people of a classifier are reconstructed; `nil` where nobody says who is public.
  ///
  /// - Parameter data: what the classifier is judged on.
  /// - Throws: why there is no such recipe, or no people.
  func modelInversion(
    of data: Dataset, _ context: Context, _ progress: ProgressLine
  ) throws -> ModelInversionProbe.Request? {
    guard encoder.invertsClassifier else { return nil }
    guard let path = subject.run ?? subject.model else {
      throw ValidationError("--public and --inversion need a --model or a --run of people")
    }
    guard subject.mean.isEmpty, subject.std.isEmpty else {
      throw ValidationError(
        "a reconstruction takes images as they are; export the model with its normalisation and leave "
          + "--mean and --std out")
    }
    guard context.device == .cpu else {
      throw ValidationError("people are reconstructed on the cpu")
    }
    var recipe = try inversionRecipe(data)
    recipe.target.path = path
    recipe.seed = context.seed
    if let evaluation = encoder.evaluation { recipe.evaluator.path = evaluation }
    if encoder.pictures { recipe.pictures = true }
    try recipe.validate()
    return .init(recipe: recipe, cache: Folders.cache, voice: progress)
  }

  private func inversionRecipe(_ data: Dataset) throws -> ModelRecipe {
    let model = subject.run.flatMap { ModelDescription(run: URL(filePath: $0)) }
    if let path = encoder.inversion {
      let file = try RecipeFile.load(URL(filePath: path))
      let source = subject.data.map { ["data.source=\(RecipeValue.quoted($0))"] } ?? []
      let known =
        encoder.publicSource.map { ["publicSource=\(RecipeValue.quoted($0))"] } ?? []
      let recipe = try file.resolved(
        profile: file.profiles.isEmpty ? nil : profile.rawValue,
        overrides: source + known + encoder.overrides)
      return try ModelKind.settings(of: recipe)
    }
    guard let source = subject.data else {
      throw ValidationError("--public needs --data with images of the people of the model")
    }
    var people = ModelRecipe.Data(source: source)
    people.side = subject.side ?? model?.side
    return ModelRecipe(
      auditing: people, publicSource: encoder.publicSource, imageShape: data.inputShape,
      targetModel: model?.name, budget: profile.inversionBudget)
  }
}
