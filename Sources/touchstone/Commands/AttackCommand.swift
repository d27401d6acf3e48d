import ArgumentParser
import Datasets
import Files
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Runs an attack and writes its adversarial examples.",
    discussion: """
      With --out an evaluation that was interrupted goes on where it was, by the same command.

      EXAMPLES
        touchstone attack --model cnn.pt --data fashion-mnist/ --attack pgd --radius 0.1
        touchstone attack --model cnn.pt --data mnist/ --attack autoattack --norm linf --radius 0.3 \\
            --count 1000 --out out/autoattack
        touchstone attack --model cnn.pt --data mnist/ --attack fmn --norm l2 --count 500
        touchstone attack --model cnn.pt --data mnist/ --attack square --radius 0.3 --domain 8-bit \\
            --queries 1000 --out out/square --pictures
        touchstone attack --model cnn.pt --data mnist/ --attack hopskipjump --norm l2 \\
            --targeted --target 7 --count 100
        touchstone attack --model cnn.pt --data mnist/ --attack transfer --surrogate other.pt \\
            --radius 0.1
        touchstone attack --run runs/text --data reviews/ --attack hotflip --flips 2 --out out/flips
      """)

  @OptionGroup var subject: SubjectOptions
  @OptionGroup var attack: AttackOptions
  @OptionGroup var ball: BallOptions
  @OptionGroup var options: RunOptions

  @Option(help: "How many examples are attacked, from the first on; all when not given.")
  var count: Int?

  @Option(help: "A folder for samples.csv and adversarial.npz.")
  var out: String?

  @ArgumentParser.Flag(help: "Write a PNG of every success to --out, where inputs are pictures.")
  var pictures = false

  func run() throws {
    let context = try options.context()
    let chosen = try attack.make()
    try ball.check(for: chosen)
    let folder = out.map { URL(filePath: Job.folder($0)) }
    try out.map { try ReportFolder(Job.folder($0)).check() }
    guard let (_, classifier, data) = try subject.load(context.device) else {
      throw ValidationError("attack needs --model or --run, and --data")
    }
    let made = try attack.completed(chosen, from: data, like: subject, context)
    let examples = try data.prefix(count ?? data.count)
    let ball = try ball.make(for: data)
    let target = try attack.wrapped(Target(classifier))
    let progress = ProgressLine(isQuiet: options.quiet || options.json)
    let batch = examples.batch(Array(0..<examples.count))
    try warnAboutProbabilities(target, batch, progress)
    let journal: AttackJournal? = try folder.map {
      try self.journal(in: $0, made, examples, of: data)
    }
    let clock = StageClock()
    let result = try AttackEngine().run(
      made, on: target, batch, within: ball, context: context, journal: journal
    ) { part in progress.update(part.done, of: part.total, clock.text(of: part)) }
    if let folder {
      let logits = try AttackEngine().logits(
        of: Target(classifier), batch.replacing(inputs: result.adversarial), context: context)
      try AttackOutput(folder: folder, result: result, data: data).write(
        classes: logits.argmax(along: 1).values(as: Int.self), pictures: pictures)
      try FileManager.default.removeItem(at: folder.appending(path: "journal"))
    }
    try report(made, result)
  }

  /// What chunks are kept for: everything that a result depends on.
  private func journal(
    in folder: URL, _ attack: any Attack, _ data: Dataset, of whole: Dataset
  ) throws -> AttackJournal {
    let model = subject.model ?? subject.run.map { "\($0)/model.safetensors" }
    let digest = try model.map { try Digest.hexadecimal(.sha256, ofFile: URL(filePath: $0)) }
    let features = try ball.features.map {
      try Digest.hexadecimal(.sha256, ofFile: URL(filePath: $0))
    }
    let surrogate = try self.attack.surrogate.file.map {
      try Digest.hexadecimal(.sha256, ofFile: URL(filePath: $0))
    }
    // Starts come from all of the data.
    let starts = (attack as? any DecisionAttack)?.starts == nil ? "" : try whole.fingerprint()
    let facts: [(String, String)] =
      [
        ("model", digest ?? ""), ("mean", "\(subject.mean)"), ("deviation", "\(subject.std)"),
        ("data", try data.fingerprint()), ("attack", attack.name),
        ("norm", ball.norm), ("radius", "\(ball.radius ?? .infinity)"),
        ("domain", ball.domain.rawValue), ("features", features ?? ""),
        ("average", "\(self.attack.average ?? 1)"), ("queries", "\(self.attack.queries ?? 0)"),
        ("seed", "\(options.seed)"), ("surrogate", surrogate ?? ""), ("starts", starts),
      ] + attack.settings.map { ("setting \($0.name)", $0.value) }
    return try AttackJournal(
      folder: folder.appending(path: "journal"),
      fingerprint: facts.map { "\($0.0): \($0.1)\n" }.joined())
  }

  private func warnAboutProbabilities(
    _ target: Target, _ batch: Batch, _ progress: ProgressLine
  ) throws {
    let few = batch.slice(0..<min(100, batch.count), on: .cpu)
    guard try target.returnsProbabilities(for: few.inputs) else { return }
    progress.say(
      """
      warning: the model returns probabilities, not logits, which flattens the gradients that attacks \
      follow; leave the last softmax out of the export
      """)
  }

  private func report(_ attack: any Attack, _ result: AttackResult) throws {
    let interval = try Proportion(result.success.map { !$0 }).wilson()
    let median = medianDistance(result)
    if options.json {
      let settings = JSONObject(attack.settings.map { ($0.name, JSONValue.string($0.value)) })
      let value: JSONValue = [
        "attack": .string(attack.name), "norm": .string(ball.norm),
        "radius": JSONValue(ball.radius), "settings": .object(settings),
        "seed": JSONValue(options.seed), "examples": .integer(result.count),
        "robustAccuracy": JSONValue(result.robustAccuracy), "low": JSONValue(interval.low),
        "high": JSONValue(interval.high), "medianDistance": JSONValue(median),
        "brokenBy": .object(JSONObject(brokenBy(result).map { ($0.0, .integer($0.1)) })),
        "forwardPasses": .integer(result.queries.reduce(0, +)),
        "backwardPasses": .integer(result.gradients.reduce(0, +)),
      ]
      print(value.text(pretty: true, sortedKeys: true))
      return
    }
    func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
    print(
      """
      robust accuracy under \(attack.name), \(ball.text(for: attack)): \
      \(percent(result.robustAccuracy)) (95 % interval \(percent(interval.low)) to \
      \(percent(interval.high)), \(result.count) examples)
      """)
    if attack.about.findsShortest {
      print("median distance: \(median.map { String(format: "%.4g", $0) } ?? "infinite")")
    }
    if attack is any CompositeAttack {
      print("broken by: " + brokenBy(result).map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    }
  }

  /// The median over all examples, failures being infinitely far; `nil` where it is infinite.
  private func medianDistance(_ result: AttackResult) -> Double? {
    let sorted = result.distance.map { $0 ?? .infinity }.sorted()
    guard !sorted.isEmpty, sorted[sorted.count / 2].isFinite else { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// How many examples each attack broke, in the order in which they ran.
  private func brokenBy(_ result: AttackResult) -> [(String, Int)] {
    let names = result.brokenBy.compactMap(\.self)
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }
}

/// Says how robust a model is so far, and how long the attack that runs will take.
private final class StageClock: @unchecked Sendable {
  private let lock = NSLock()
  private var stage = 1
  private var started = Date()
  private var last = Date()

  func text(of part: AttackProgress) -> String {
    let elapsed = lock.withLock {
      // An attack began when the one before it was last heard of.
      if part.stageNumber != stage { (stage, started) = (part.stageNumber, last) }
      last = Date()
      return last.timeIntervalSince(started)
    }
    let name = part.stageCount > 1 ? "\(part.stage) \(part.stageNumber)/\(part.stageCount), " : ""
    let accuracy = String(format: "robust accuracy %.1f %% so far", part.robustAccuracy * 100)
    let left = elapsed / Double(max(1, part.done)) * Double(part.total - part.done)
    return name + accuracy + (left >= 1 ? ", about \(NumberText.duration(left)) left" : "")
  }
}
