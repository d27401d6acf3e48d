import ArgumentParser

struct MembershipCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "membership",
    abstract:
      "Trains a network as a recipe says and asks whether its answers give its members away.",
    discussion: """
      Half of some examples are learned from, the others are not; thresholds on one answer, shadow models
      and attacks by decisions alone are asked which is which. Use it on data that you own or are
      authorised to use; every report says that whoever made it is. The folder gets report.html, report.md,
      the network's weights, those of its shadows, and results.json.

      EXAMPLES
        touchstone membership Recipes/inversion/membership-mnist.yaml --variant overfitted \\
            --data mnist/
        touchstone ablate Recipes/inversion/membership-mnist.yaml --profile quick --data mnist/
      """)

  @OptionGroup var options: RunningOptions

  func run() throws { try options.run(as: [MembershipKind.self]) }
}
