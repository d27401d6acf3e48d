import ArgumentParser
import Datasets
import Perturbations
import Reports
import Torch

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

  @OptionGroup var surrogate: SurrogateOptions

  func validate() throws {
    try surrogate.validate(for: attack)
    guard !targeted || target != nil else {
      throw ValidationError(
        "--targeted needs a --target: a class from 0, offset:1, least-likely or runner-up")
    }
  }

  /// The attack with a name, or which one may have been meant.
  static func named(_ name: String) throws -> any Attack {
    if !Attacks.all.contains(where: { $0.name == name.lowercased() }),
      let meant = Suggestion.nearest(to: name, in: Attacks.all.map(\.name) + [Transfer.about.name])
    {
      throw ValidationError("there is no attack '\(name)'; did you mean '\(meant)'?")
    }
    return try Attacks.named(name)
  }

  private var isTransfer: Bool { attack.lowercased() == Transfer.about.name }

  /// The attack with its settings; in the place of a transfer the attack on the surrogate.
  func make() throws -> any Attack {
    var made = try Self.named(isTransfer ? surrogate.surrogateAttack ?? "pgd" : attack)
    guard !isTransfer || !(made is any CompositeAttack) else {
      throw ValidationError("\(made.name) cannot run on a surrogate; give one attack, such as pgd")
    }
    // What goes on after the surrogate fails transfers better.
    if isTransfer, made.optionNames.contains("stopsEarly") {
      made = try made.setting("stopsEarly", to: "false")
    }
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

  /// The attack with what it needs of the data: a surrogate, or examples to start from.
  ///
  /// - Parameter examples: all that are given, not those alone that are attacked.
  func completed(
    _ made: any Attack, from examples: Dataset, like subject: SubjectOptions, _ context: Context
  ) throws -> any Attack {
    guard isTransfer else { return try made.starting(from: examples) }
    let goal = target.flatMap { Goal(text: $0) } ?? .untargeted
    return Transfer(
      surrogate: try surrogate.load(for: examples, like: subject, context.device), attack: made,
      goal: goal)
  }

  /// The model as the attack sees it: averaged, or with a query budget.
  func wrapped(_ target: Target) throws -> Target {
    var target = target
    if let average { target = try target.averaged(over: average) }
    if let queries { target = try target.limited(toQueries: queries) }
    return target
  }
}

extension Attack {
  /// The attack with examples to start from, where it has to reach a class and needs such: the first
  /// hundred of every class. No example starts from itself.
  func starting(from examples: Dataset) throws -> any Attack {
    guard var attack = self as? any DecisionAttack, attack.goal != .untargeted else { return self }
    let labels = examples.labelValues
    if case .targetClass(let wanted) = attack.goal, examples.classNames.indices.contains(wanted),
      !labels.contains(wanted)
    {
      throw ValidationError(
        "\(name) starts from examples of the class to reach, and \(examples.name) has none of class "
          + "\(wanted); give data with some, or reach another class")
    }
    var counts: [Int: Int] = [:]
    let chosen = labels.indices.filter { row in
      counts[labels[row], default: 0] += 1
      return counts[labels[row], default: 0] <= 100
    }
    attack.starts = StartingPool(examples.batch(chosen))
    return attack
  }
}

extension EmbeddingGradient.Scope: ExpressibleByArgument {}
