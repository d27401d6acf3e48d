import ArgumentParser
import Audit
import Certificates
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

struct CertifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Proves up to which size no perturbation changes predictions.",
    discussion: """
      smoothing asks any model about noisy inputs and certifies the smoothed model (l2, with a
      probability); intervals (linf) are proofs from the weights of networks that were trained here;
      lipschitz (l2) also of TorchScript models, traced or scripted, whose operators it knows.

      EXAMPLES
        touchstone certify --model cnn.pt --data fashion-mnist/ --sigma 0.25 --count 100
        touchstone certify --model cnn.pt --data fashion-mnist/ --sigma 0.5 --samples 100000 \\
            --radii 0.5 1 1.5 --count 20 --out out/smoothed
        touchstone certify --run runs/lenet --data mnist/ --method intervals --radii 0.01 0.1
        touchstone certify --run runs/lenet --data mnist/ --method lipschitz --json
        touchstone certify --model cnn.pt --data mnist/ --method lipschitz --head joint
      """)

  @OptionGroup var subject: SubjectOptions
  @OptionGroup var options: RunOptions

  @Option(help: "The method: \(CertificateMethods.all.map(\.name).joined(separator: ", ")).")
  var method = "smoothing"

  @Option(help: "Smoothing: the noise's standard deviation, in the data's own units; 0.25.")
  var sigma: Double?

  @Option(help: "Smoothing: how many noisy inputs estimate a class's probability; 10000.")
  var samples: Int?

  @Option(help: "Smoothing: how many noisy inputs choose the class; 100.")
  var selectionSamples: Int?

  @Option(help: "Smoothing: how likely a certificate may be wrong; 0.001.")
  var alpha: Double?

  @Option(
    help:
      "Lipschitz: what the last layer's bound is about: \(LipschitzMargin.Head.allCases.map(\.rawValue).joined(separator: ", ")); pairwise."
  )
  var head: String?

  @Option(
    parsing: .upToNextOption,
    help: "The radii, in the data's own units; those that suit the data when not given.")
  var radii: [Double] = []

  @Option(help: "How many examples are certified, from the first on; all when not given.")
  var count: Int?

  @Option(help: "A folder for samples.csv.")
  var out: String?

  func run() throws {
    let context = try options.context()
    let method = try makeMethod(box: nil)
    for radius in radii where !(radius >= 0 && radius.isFinite) {
      throw PerturbationError.radius(radius)
    }
    let folder = out.map { ReportFolder(Job.folder($0)) }
    try folder?.check()
    guard let (_, classifier, data) = try subject.load(context.device) else {
      throw ValidationError("certify needs --model or --run, and --data")
    }
    let total = try data.prefix(count ?? data.count).count
    let box =
      data.range == Dataset.unbounded
      ? nil : Double(data.range.lowerBound)...Double(data.range.upperBound)
    let progress = ProgressLine(isQuiet: options.quiet || options.json)
    let result = try makeMethod(box: box).certify(
      classifier, data.batch(Array(0..<total)), context: context
    ) { progress.update($0, of: total, method.name) }
    let labels = Array(data.labelValues.prefix(total))
    try folder?.write([ReportFolder.File("samples.csv", try table(result, labels).csv())])
    let radii = radii.isEmpty ? standardRadii(data, norm: result.norm) : radii.sorted()
    print(try options.json ? json(method, result, radii) : text(method, result, radii))
  }

  private func makeMethod(box: ClosedRange<Double>?) throws -> any Certificate {
    let made = try CertificateMethods.named(method)
    guard var smoothing = made as? RandomizedSmoothing else {
      for (name, isGiven) in [
        ("sigma", sigma != nil), ("samples", samples != nil), ("alpha", alpha != nil),
        ("selection-samples", selectionSamples != nil),
      ] where isGiven {
        throw ValidationError("--\(name) is for --method smoothing; \(made.name) adds no noise")
      }
      if let lipschitz = made as? LipschitzMargin { return try with(head, lipschitz) }
      guard head == nil else { throw ValidationError("--head is for --method lipschitz") }
      guard var intervals = made as? IntervalBounds else { return made }
      intervals.box = box
      return intervals
    }
    guard head == nil else { throw ValidationError("--head is for --method lipschitz") }
    if let sigma { smoothing.sigma = sigma }
    if let samples { smoothing.samples = samples }
    if let selectionSamples { smoothing.selectionSamples = selectionSamples }
    if let alpha { smoothing.alpha = alpha }
    try smoothing.validate()
    return smoothing
  }

  private func with(_ name: String?, _ margin: LipschitzMargin) throws -> LipschitzMargin {
    guard let name else { return margin }
    guard let head = LipschitzMargin.Head(rawValue: name) else {
      let known = LipschitzMargin.Head.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no head '\(name)'; choose one of \(known)")
    }
    return LipschitzMargin(head: head)
  }

  private func standardRadii(_ data: Dataset, norm: String) -> [Double] {
    AuditSettings.radii(for: data, profile: .standard).first { $0.norm == norm }?.radii ?? []
  }

  private func table(_ result: CertifiedResult, _ labels: [Int]) throws -> SampleTable {
    var table = try SampleTable([
      .init("index", .integers(result.indices)), .init("label", .integers(labels)),
      .init("predicted", .integers(result.predicted)), .init("correct", .flags(result.correct)),
      .init("abstained", .flags(result.predicted.map { $0 == nil })),
      .init("radius", .numbers(result.radius)),
    ])
    if case .smoothed = result.guarantee {
      try table.append(.init("lower_probability", .numbers(result.lowerProbability)))
    }
    return table
  }

  /// The median certified radius of the examples that are right.
  private func medianRadius(_ result: CertifiedResult) -> Double? {
    let known = zip(result.correct, result.radius).filter { $0.0 }.compactMap { $0.1 }.sorted()
    return known.isEmpty ? nil : known[(known.count - 1) / 2]
  }

  private func json(
    _ method: any Certificate, _ result: CertifiedResult, _ radii: [Double]
  ) throws -> String {
    let settings = JSONObject(method.settings.map { ($0.name, JSONValue.string($0.value)) })
    let accuracies: [JSONValue] = try ([0] + radii).map { radius in
      let interval = try Proportion(result.isCertified(at: radius)).wilson()
      return [
        "radius": JSONValue(radius), "value": JSONValue(result.certifiedAccuracy(at: radius)),
        "low": JSONValue(interval.low), "high": JSONValue(interval.high),
      ]
    }
    let value: JSONValue = [
      "method": .string(result.method), "norm": .string(result.norm),
      "guarantee": .string(guarantee(result)), "settings": .object(settings),
      "seed": JSONValue(options.seed), "examples": .integer(result.count),
      "accuracy": JSONValue(result.certifiedAccuracy(at: 0)),
      "abstained": JSONValue(result.abstentionShare),
      "medianRadius": JSONValue(medianRadius(result)),
      "certifiedAccuracy": .array(accuracies),
    ]
    return value.text(pretty: true, sortedKeys: true)
  }

  private func guarantee(_ result: CertifiedResult) -> String {
    switch result.guarantee {
    case .deterministic: "a proof about the model"
    case .smoothed(let sigma, let probability):
      "about the model smoothed with sigma \(sigma), with probability \(probability) an example"
    }
  }

  private func subjectName(_ result: CertifiedResult) -> String {
    if case .smoothed = result.guarantee { return "smoothed model" }
    return "model"
  }

  private func text(
    _ method: any Certificate, _ result: CertifiedResult, _ radii: [Double]
  ) throws -> String {
    func percent(_ value: Double) -> String { String(format: "%.1f%%", value * 100) }
    let rows = try ([0] + radii.filter { $0 > 0 }).map { radius in
      let interval = try Proportion(result.isCertified(at: radius)).wilson()
      return [
        "\(result.norm) \(FindingID.part(for: radius))",
        percent(result.certifiedAccuracy(at: radius)),
        "\(percent(interval.low)) to \(percent(interval.high))",
      ]
    }
    let columns: [TextTable.Column] = [
      .init("radius"), .init("certified accuracy", .trailing), .init("95% interval", .trailing),
    ]
    let median = medianRadius(result).map { String(format: "%.4g", $0) } ?? "n/a"
    return """
      \(result.method), \(guarantee(result)), \(result.count) examples
      \(subjectName(result)): accuracy \(percent(result.certifiedAccuracy(at: 0))), \
      abstained \(percent(result.abstentionShare)); median certified radius of what is right: \
      \(median)
      \(TextTable(columns, rows: rows).text())
      """.trimmingCharacters(in: .newlines)
  }
}
