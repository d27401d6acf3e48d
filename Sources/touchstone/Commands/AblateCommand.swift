import ArgumentParser

struct AblateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ablate",
    abstract: "Runs a recipe's sweep: every variant with every seed, compared with statistics.",
    discussion: """
      The plan is shown with its cost, measured by a short trial of every variant. Runs that the
      store already has are not done again; the same command goes on after a kill, at any moment.
      A run that fails does not stop the others. The folder gets ablation.html, .md, .tex and .csv
      and results.json.

      EXAMPLES
        touchstone ablate Recipes/ablation/adversarial-training.yaml --profile quick --plan
        touchstone ablate Recipes/ablation/adversarial-training.yaml --profile quick \\
            --data fashion-mnist/ --tensorboard runs/events
      """)

  @OptionGroup var sweep: SweepOptions

  func run() async throws { try await sweep.run() }
}
