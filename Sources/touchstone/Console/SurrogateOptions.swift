import ArgumentParser
import Datasets
import Foundation
import Networks
import Perturbations
import Torch
import Training

/// The model that a transfer attack runs on, and what runs on it.
struct SurrogateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model that the attack transfer runs on: a TorchScript file that takes the same inputs, or the "
        + "folder of a run.", valueName: "path"))
  var surrogate: String?

  @Option(
    help: ArgumentHelp(
      "What transfer runs on the surrogate, with the settings given; pgd when not given.",
      valueName: "attack"))
  var surrogateAttack: String?

  /// Checks that the options belong to the attack.
  func validate(for attack: String) throws {
    let isTransfer = attack.lowercased() == Transfer.about.name
    guard isTransfer || (surrogate == nil && surrogateAttack == nil) else {
      throw ValidationError(
        "--surrogate and --surrogate-attack are for the attack transfer; give --attack transfer")
    }
    guard !isTransfer || surrogate != nil else {
      throw ValidationError(
        "transfer needs a --surrogate: a TorchScript file or the folder of a run")
    }
  }

  /// The surrogate as a target.
  ///
  /// - Parameter subject: how the model that is attacked reads its inputs; a file reads them the same way.
  func load(for data: Dataset, like subject: SubjectOptions, _ device: Device) throws -> Target {
    guard let surrogate else { throw ValidationError("transfer needs a --surrogate") }
    let place = URL(filePath: surrogate)
    if FileManager.default.fileExists(atPath: place.appending(path: "model.json").path) {
      let trained = try TrainedModel(run: place)
      let shape = trained.description.inputShape
      guard shape == data.inputShape, device == .cpu else {
        throw ValidationError(
          device == .cpu
            ? "the surrogate \(surrogate) takes inputs of shape \(shape), and the data have "
              + "\(data.inputShape); give one for the same data"
            : "a run works on the cpu; export the surrogate and give its file")
      }
      return Target(trained.classifier)
    }
    return Target(
      try ScriptClassifier(
        contentsOf: place, example: data.batch([0, min(1, data.count - 1)]).inputs,
        classCount: data.classNames.count, mean: subject.mean, standardDeviation: subject.std,
        device: device))
  }

  /// The file that decides what the surrogate says.
  var file: String? {
    surrogate.map { path in
      let weights = URL(filePath: path).appending(path: "model.safetensors").path
      return FileManager.default.fileExists(atPath: weights) ? weights : path
    }
  }
}
