import ArgumentParser
import Foundation
import Networks
import Torch
import Training

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a trained model as TorchScript, which torch.jit.load opens in Python.",
    discussion: """
      EXAMPLES
        touchstone export runs/lenet --out lenet.pt
        touchstone export runs/lenet --out lenet.pt --sample lenet-sample.npz
            also writes inputs and the logits computed here, to compare with Python's
      """)

  @Argument(help: ArgumentHelp("The folder of a run of touchstone train.", valueName: "run"))
  var folder: String

  @Option(help: "The file to write.")
  var out: String

  @Option(help: "Also write 64 random inputs and their logits, as the arrays x and logits.")
  var sample: String?

  func run() throws {
    let trained = try TrainedModel(run: URL(filePath: folder))
    let (model, description) = (trained.network, trained.description)
    try model.export(to: URL(filePath: out))
    if let sample {
      let generator = Generator(seed: 0, purpose: "export.sample")
      let shape = [64] + description.inputShape
      let inputs =
        description.vocabularySize.map { .integers(shape, in: 0..<$0, using: generator) }
        ?? Tensor.uniform(shape, using: generator)
      let logits = try attempt { withoutGradients { model(inputs) } }
      try NPZ.write(["x": inputs, "logits": logits], to: URL(filePath: sample))
    }
    print(
      "\(out): \(description.name), inputs [N, \(description.inputShape.map(String.init).joined(separator: ", "))]"
    )
  }
}
