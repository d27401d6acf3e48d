import ArgumentParser
import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Runs one attack and writes its adversarial examples.",
    discussion: """
      EXAMPLES
        touchstone attack --model cnn.pt --data fashion-mnist/ --attack pgd --radius 0.1
        touchstone attack --model cnn.pt --data fashion-mnist/ --attack fgm --norm l2 --radius 1 \\
            --count 500 --out out/fgm
        touchstone attack --run runs/text --data reviews/ --attack hotflip --flips 2 --out out/flips
      """)

  @OptionGroup var subject: SubjectOptions
  @OptionGroup var options: RunOptions

  @Option(help: "The attack: \(Attacks.all.map(\.name).joined(separator: ", ")).")
  var attack = "pgd"

  @Option(help: "The norm: \(Norms.all.map(\.name).joined(separator: ", ")).")
  var norm = "linf"

  @Option(help: "The largest perturbation, in the data's own units; hotflip has --flips instead.")
  var radius: Double?

  @Option(help: "How many examples are attacked, from the first on; all when not given.")
  var count: Int?

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

  @Option(help: "The class to reach, counted from 0; any wrong one when not given.")
  var target: Int?

  @Option(help: "What is climbed: \(AttackLoss.all.map(\.name).joined(separator: ", ")).")
  var loss: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes any setting of the attack; touchstone attacks NAME lists them. Repeatable.",
      valueName: "setting=value"))
  var changes: [String] = []

  @Option(help: "A folder for samples.csv and adversarial.npz.")
  var out: String?

  func run() throws {
    let context = try options.context()
    let attack = try makeAttack()
    let norm = try Norms.named(norm)
    guard let radius = attack is HotFlip ? 0 : radius else {
      throw ValidationError("\(attack.name) needs a --radius")
    }
    _ = try Ball(norm, radius: radius)
    let folder = out.map { ReportFolder($0) }
    try folder?.check()
    guard let (_, classifier, data) = try subject.load(context.device) else {
      throw ValidationError("attack needs --model or --run, and --data")
    }
    let total = try data.prefix(count ?? data.count).count
    let box =
      data.range == Dataset.unbounded
      ? nil : Double(data.range.lowerBound)...Double(data.range.upperBound)
    let ball = try Ball(norm, radius: radius, box: box)
    let progress = ProgressLine(isQuiet: options.quiet || options.json)
    let result = try AttackEngine().run(
      attack, on: Target(classifier), data.batch(Array(0..<total)), within: ball, context: context
    ) { part in
      let stage =
        part.stageCount > 1 ? "\(part.stage) \(part.stageNumber)/\(part.stageCount), " : ""
      let standing = Double(part.done - part.broken) / Double(part.done)
      progress.update(part.done, of: part.total, "\(stage)standing \(rounded(standing))")
    }
    try folder?.write([ReportFolder.File("samples.csv", try table(result, data).csv())])
    if let out {
      try NPZ.write(
        ["adversarial": result.adversarial, "index": Tensor(result.indices)],
        to: URL(filePath: out).appending(path: "adversarial.npz"))
    }
    try report(attack, result)
  }

  private func makeAttack() throws -> any Attack {
    var made = try Attacks.named(attack)
    let named: [(String, String?)] = [
      ("steps", steps.map(String.init)), ("stepSize", stepSize.map { "\($0)" }),
      ("restarts", restarts.map(String.init)), ("flips", flips.map(String.init)),
      ("scope", scope?.rawValue), ("loss", loss), ("goal", target.map(String.init)),
    ]
    for case (let option, let value?) in named { made = try made.setting(option, to: value) }
    for change in changes {
      let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("--set \(change) has no =") }
      made = try made.setting(parts[0], to: parts[1])
    }
    return made
  }

  private func table(_ result: AttackResult, _ data: Dataset) throws -> SampleTable {
    var table = try SampleTable([
      .init("index", .integers(result.indices)),
      .init("label", .integers(Array(data.labelValues.prefix(result.indices.count)))),
      .init("success", .flags(result.success)), .init("distance", .numbers(result.distance)),
      .init("iterations", .integers(result.iterations)),
      .init("queries", .integers(result.queries)),
    ])
    if let words = data.vocabulary, result.adversarial.dtype == .int64 {
      let texts = result.indices.indices.map {
        words.text(of: result.adversarial[$0].values(as: Int.self))
      }
      try table.append(.init("text", .texts(texts)))
    }
    return table
  }

  private func report(_ attack: any Attack, _ result: AttackResult) throws {
    let interval = try Proportion(result.success.map { !$0 }).wilson()
    if options.json {
      let settings = JSONObject(attack.settings.map { ($0.name, JSONValue.string($0.value)) })
      let value: JSONValue = [
        "attack": .string(attack.name), "norm": .string(norm), "radius": JSONValue(radius ?? 0),
        "settings": .object(settings), "seed": JSONValue(options.seed),
        "examples": .integer(result.success.count),
        "robustAccuracy": JSONValue(result.robustAccuracy), "low": JSONValue(interval.low),
        "high": JSONValue(interval.high),
      ]
      print(value.text(pretty: true, sortedKeys: true))
      return
    }
    func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
    let bound = (attack as? HotFlip).map { "\($0.flips) flips" } ?? "\(norm) \(radius ?? 0)"
    print(
      """
      robust accuracy under \(attack.name), \(bound): \(percent(result.robustAccuracy)) \
      (95 % interval \(percent(interval.low)) to \(percent(interval.high)), \
      \(result.success.count) examples)
      """)
  }
}

extension EmbeddingGradient.Scope: ExpressibleByArgument {}
