import ArgumentParser
import Audit
import Foundation
import Torch

/// The command line: parse, call, print.
@main
struct Touchstone: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchstone",
    abstract: "Audits, trains and attacks classifiers.",
    discussion: """
      EXAMPLES
        touchstone audit
            audits the built-in reference model; the report goes to out/audit
        touchstone audit --model model.pt --data fashion-mnist/ --profile standard
            audits a model that torch.jit.trace exported, on a folder of data
        touchstone selftest
            audits broken models that must be caught, and sound ones that must not
        touchstone attack --model model.pt --data fashion-mnist/ --attack pgd --radius 0.1
        touchstone certify --model model.pt --data fashion-mnist/ --sigma 0.25 --count 100
        touchstone explain --model model.pt --data fashion-mnist/ --method saliency rise --out out/why
        touchstone counterfactual --model model.pt --data fashion-mnist/ --out out/counterfactual
        touchstone train Recipes/foundation/mnist-lenet.yaml --data mnist/ --out runs/lenet
        touchstone train Recipes/inversion/prior-mnist.yaml --profile quick --out runs/prior
        touchstone sample runs/prior --class 3 --guidance 2
        touchstone invert template Recipes/inversion/template-portraits.yaml --profile quick
            reconstructs people from an encoder's templates, and says how often they pass
        touchstone ablate Recipes/ablation/adversarial-training.yaml --profile quick
            compares ways to train, with several seeds and statistics
        touchstone runs list
        touchstone serve
            shows runs, live curves and reports in a browser
        touchstone data list

      EXIT CODES
        0 done, 1 a gate failed, 2 bad usage or bad input, 70 a bug in touchstone, 130 stopped before it was done
      """,
    version: "touchstone \(Audit.version)",
    subcommands: [
      AuditCommand.self, SelftestCommand.self, AttackCommand.self, AttacksCommand.self,
      CertifyCommand.self, ExplainCommand.self, ExplanationsCommand.self,
      CounterfactualCommand.self, TrainCommand.self, SampleCommand.self, InvertCommand.self,
      DefendCommand.self, MembershipCommand.self, AblateCommand.self,
      TiltCommand.self,
      RecipesCommand.self, ReproduceCommand.self, ResultsCommand.self,
      CardCommand.self,
      RunsCommand.self, ServeCommand.self, SuggestCommand.self, ExportCommand.self,
      DataCommand.self,
      VersionCommand.self, TrialCommand.self,
    ])

  // The main thread has the stack that deep networks need, which threads of the pool have not.
  @MainActor static func main() async {
    let words = CommandLine.arguments.dropFirst().prefix(2)
    // What only reads the store must not wait for a second start.
    if !["runs", "serve", "recipes", "results", "card", "attacks", "explanations", "version"]
      .contains(words.first ?? "")
      || words.last == "resume"
    {
      QuietThreads.ensure()
    }
    FreedMemory.keep()
    // One intra-operator thread: attacks run on workers, and training asks for its own number.
    IntraOperatorThreads.set(1)
    do {
      try await Job.run(parseAsRoot())
      Exit.leave(0)
    } catch {
      Exit.leave(with: error)
    }
  }
}
