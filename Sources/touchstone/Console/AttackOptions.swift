import ArgumentParser
import Perturbations
import Reports

/// Which attack, with which settings.
struct AttackOptions: ParsableArguments {
  @Option(help: "The attack; touchstone attacks lists what there is.")
  var attack = "pgd"

  @Option(help: "Gradient steps, of attacks that have such.")
  var steps: Int?

  @Option(help: "The length of a step; 2.5 radii / steps for pgd when not given.")
  var stepSize: Double?

  @Option(help: "How often the attack starts.")
  var restarts: Int?

  @Option(help: "How many words hotflip may exchange.")
  var flips: Int?

  @Option(help: "What the radius of embedding-pgd bounds: a sequence of words or every token.")
  var scope: EmbeddingGradient.Scope?

  @Option(help: "What is climbed: \(AttackLoss.all.map(\.name).joined(separator: ", ")).")
  var loss: String?

  @ArgumentParser.Flag(help: "Reach the class of --target, in place of any wrong one.")
  var targeted = false

  @Option(
    help: ArgumentHelp(
      "The class to reach: a number from 0, offset:1, least-likely or runner-up.",
      valueName: "class"))
  var target: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes any setting of the attack; touchstone attacks NAME lists them. Repeatable.",
      valueName: "setting=value"))
  var changes: [String] = []

  @Option(
    help: ArgumentHelp(
      "Average every answer of a random model over so many passes.", valueName: "passes"))
  var average: Int?

  @Option(help: "The forward passes that an attack may spend on an example.")
  var queries: Int?

  func validate() throws {
    guard !targeted || target != nil else {
      throw ValidationError(
        "--targeted needs a --target: a class from 0, offset:1, least-likely or runner-up")
    }
  }

  /// The attack with a name, or which one may have been meant.
  static func named(_ name: String) throws -> any Attack {
    if !Attacks.all.contains(where: { $0.name == name.lowercased() }),
      let meant = Suggestion.nearest(to: name, in: Attacks.all.map(\.name))
    {
      throw ValidationError("there is no attack '\(name)'; did you mean '\(meant)'?")
    }
    return try Attacks.named(name)
  }

  func make() throws -> any Attack {
    var made = try Self.named(attack)
    let named: [(String, String?)] = [
      ("steps", steps.map(String.init)), ("stepSize", stepSize.map { "\($0)" }),
      ("restarts", restarts.map(String.init)), ("flips", flips.map(String.init)),
      ("scope", scope?.rawValue), ("loss", loss), ("goal", target),
    ]
    for case (let option, let value?) in named { made = try made.setting(option, to: value) }
    for change in changes {
      let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--set \(change) has no =; give setting=value, such as steps=100")
      }
      made = try made.setting(parts[0], to: parts[1])
    }
    return made
  }

  /// The model as the attack sees it: averaged, or with a query budget.
  func wrapped(_ target: Target) throws -> Target {
    var target = target
    if let average { target = try target.averaged(over: average) }
    if let queries { target = try target.limited(toQueries: queries) }
    return target
  }
}

extension EmbeddingGradient.Scope: ExpressibleByArgument {}
