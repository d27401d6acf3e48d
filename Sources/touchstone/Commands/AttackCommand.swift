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

  @Option(help: "Gradient steps of pgd.")
  var steps = 40

  @Option(help: "The length of a step of pgd; 2.5 radii / steps when not given.")
  var stepSize: Double?

  @Option(help: "Restarts of pgd.")
  var restarts = 1

  @Option(help: "How many words hotflip may exchange.")
  var flips = 3

  @Option(help: "What the radius of embedding-pgd bounds: a sequence of words or every token.")
  var scope = EmbeddingGradient.Scope.sequence

  @Option(help: "The class to reach, counted from 0; any wrong one when not given.")
  var target: Int?

  @Option(help: "What is climbed: \(AttackLoss.all.map(\.name).joined(separator: ", ")).")
  var loss = "cross-entropy"

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
    let tally = Tally()
    let result = try AttackEngine().run(
      attack, on: Target(classifier), data.batch(Array(0..<total)), within: ball, context: context
    ) { chunk in
      let (done, standing) = tally.add(chunk)
      progress.update(
        done, of: total, "robust accuracy \(rounded(Double(standing) / Double(done)))")
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
    guard let loss = AttackLoss.all.first(where: { $0.name == loss }) else {
      throw ValidationError(
        "there is no loss '\(loss)'; choose \(AttackLoss.all.map(\.name).joined(separator: ", "))")
    }
    let goal = target.map { Goal.targetClass($0) } ?? .untargeted
    switch try Attacks.named(attack) {
    case is ProjectedGradient:
      return ProjectedGradient(
        steps: steps, stepSize: stepSize, restarts: restarts, loss: loss, goal: goal)
    case is FastGradient: return FastGradient(loss: loss, goal: goal)
    case is EmbeddingGradient where target == nil:
      return EmbeddingGradient(steps: steps, restarts: restarts, scope: scope, loss: loss)
    case is HotFlip where target == nil: return HotFlip(flips: flips, loss: loss)
    case let words where words is EmbeddingGradient || words is HotFlip:
      throw ValidationError("\(words.name) has no --target")
    case let other: return other
    }
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
    let bound = attack is HotFlip ? "\(flips) flips" : "\(norm) \(radius ?? 0)"
    print(
      """
      robust accuracy under \(attack.name), \(bound): \(percent(result.robustAccuracy)) \
      (95 % interval \(percent(interval.low)) to \(percent(interval.high)), \
      \(result.success.count) examples)
      """)
  }
}

/// Counts what chunks bring in, from any worker.
private final class Tally: @unchecked Sendable {
  private let lock = NSLock()
  private var done = 0
  private var standing = 0

  func add(_ chunk: AttackResult) -> (done: Int, standing: Int) {
    lock.withLock {
      done += chunk.success.count
      standing += chunk.success.filter { !$0 }.count
      return (done, standing)
    }
  }
}

extension EmbeddingGradient.Scope: ExpressibleByArgument {}
