import ArgumentParser
import Foundation
import Networks
import Torch

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a trained model as TorchScript, which torch.jit.load opens in Python.",
    discussion: "EXAMPLE\n  touchstone export runs/lenet --out lenet.pt")

  @Argument(help: ArgumentHelp("The folder of a run of touchstone train.", valueName: "run"))
  var folder: String

  @Option(help: "The file to write.")
  var out: String

  func run() throws {
    let folder = URL(filePath: folder)
    let file = folder.appending(path: "model.json")
    guard let data = FileManager.default.contents(atPath: file.path),
      let description = try? JSONDecoder().decode(ModelDescription.self, from: data)
    else {
      throw ValidationError(
        "\(file.path) is not there or not the description of a model; give the folder of a "
          + "finished run of touchstone train")
    }
    let model = try ModelRegistry.model(
      description.name, inputShape: description.inputShape,
      classCount: description.classNames.count, options: description.options,
      using: Generator(seed: 0, purpose: "weights"))
    try model.load(contentsOf: folder.appending(path: "model.safetensors"))
    try model.export(to: URL(filePath: out))
    print(
      "\(out): \(description.name), inputs [N, \(description.inputShape.map(String.init).joined(separator: ", "))]"
    )
  }
}
