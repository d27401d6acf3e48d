import Audit
import Datasets
import Foundation
import Inversion
import Runs
import Torch
import Training

extension SubjectOptions {
  /// What the model of a run learned from, and the test examples that it did not; `nil` where nothing is known: of a
  /// TorchScript file, of other data than the run's, and of graphs, words and scaled tables, which members are not
  /// asked for.
  func learned() throws -> LearnedExamples? {
    guard let run, let data, let trainedOn = ModelDescription(run: URL(filePath: run))?.trainedOn
    else { return nil }
    let file = URL(filePath: run).appending(path: "recipe.yaml")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let resolved = try RecipeFile.load(file).resolved(
      profile: nil, overrides: ["data.source=\(RecipeValue.quoted(data))"])
    guard resolved.header.kind == TrainingKind.name else { return nil }
    let recipe = try TrainingKind.settings(of: resolved)
    let examples = try TrainingData(recipe.data, seed: recipe.seed)
    guard examples.graph == nil, examples.standardisation == nil,
      examples.training.vocabulary == nil, examples.training.outputs == .classes,
      try examples.training.fingerprint() == trainedOn
    else { return nil }
    // Shadow models have no examples without labels, and start from random weights.
    let canBeRepeated = examples.unlabelled == nil && recipe.training.initial == nil
    let training = canBeRepeated ? try NetworkTraining(recipe) : nil
    return LearnedExamples(
      members: examples.training, others: examples.test, training: training)
  }
}
