import ArgumentParser

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network as a recipe says; goes on where an interrupted run stopped.",
    discussion: """
      The folder gets the resolved recipe, metrics.csv, checkpoints, the model as safetensors and as
      TorchScript (for Python: torch.jit.load), and results.json. The run store remembers the run.
      Of a prior of images (recipe: prior) it gets the prior, samples and a trajectory as pictures.

      EXAMPLES
        touchstone train Recipes/foundation/mnist-lenet.yaml --data mnist/ --out runs/lenet
        touchstone train Recipes/foundation/glyphs-cnn.yaml --profile quick \\
            --set training.batchSize=50
      """)

  @OptionGroup var options: RunningOptions

  func run() throws { try options.run(as: [TrainingKind.self, PriorKind.self]) }
}
