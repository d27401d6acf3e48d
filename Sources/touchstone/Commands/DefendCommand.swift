import ArgumentParser
import Inversion
import Runs

struct DefendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "defend",
    abstract: "Trains a classifier with defences of several strengths and attacks each one anew.",
    discussion: """
      Use it on people of whom you are authorised to keep a model. Every defence in the recipe's sweep trains a
      target of its own, and the whole attack is made against that one: public images are chosen by it, the
      prior learns from it, and gradients go through it. The page draws what each defence costs, in accuracy
      on new images, against what it saves: lift over look-alikes, acceptance by a verification system, and
      traits that can be read off the reconstructions, with the undefended target and real images beside them.

      EXAMPLES
        touchstone defend Recipes/inversion/defences-portraits.yaml --profile quick --plan
        touchstone defend Recipes/inversion/defences-portraits.yaml --profile quick
      """)

  @OptionGroup var sweep: SweepOptions

  func run() async throws {
    try await sweep.run { recipe in
      guard recipe.header.kind == ModelKind.name else {
        throw ValidationError(
          "\(sweep.options.recipe) is of the kind \(recipe.header.kind); defences are of \(ModelKind.name)"
        )
      }
      let defended = try SweepPlan(recipe).variants.filter {
        let settings = try ModelKind.settings(of: $0.recipe)
        return settings.target.defence.map { $0.kind != .none } ?? false
      }
      guard !defended.isEmpty else {
        throw ValidationError(
          "no variant of \(sweep.options.recipe) has a target.defence; see "
            + "Recipes/inversion/defences-portraits.yaml")
      }
    }
  }
}
