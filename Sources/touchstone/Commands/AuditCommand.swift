import ArgumentParser
import Audit
import Datasets
import Files
import Foundation
import Networks
import Perturbations
import Reports
import Runs
import Torch
import Training

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Audits a model and writes a report: HTML, JSON, Markdown and a table of samples.",
    discussion: """
      Without --model and --data the built-in reference model is trained on drawn digits (once) and
      audited. An encoder, which gives templates and no scores of classes, is asked how well it tells
      people apart and what its templates leak; use that on a model that you own or are authorised by its
      owner to test.

      EXAMPLES
        touchstone audit
        touchstone audit --model cnn.pt --data fashion-mnist/ --profile standard --out out/
        touchstone audit --model cnn.pt --data fashion-mnist/ --heal
        touchstone audit --model cnn.pt --data images/ --mean 0.5 --std 0.5 --norm linf \\
            --radii 0.01 0.03 --fail-under evasion.robust_accuracy.linf.0.03=0.5
        touchstone audit --run runs/encoder --fail-over leakage.template_inversion.lift_type_two.0.001=0.1
        touchstone audit --model encoder.pt --encoder --data faces/
        touchstone audit --model classifier.pt --data people/ --public other-people/
      """)

  @OptionGroup var subject: SubjectOptions
  @OptionGroup var encoder: EncoderOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var store: StoreOptions

  @ArgumentParser.Flag(help: "Do not record the audit in the run store.")
  var noStore = false

  @Option(
    help: ArgumentHelp(
      """
      Audit a model that selftest knows in place of yours: \
      \(Controls.all.map(\.name).joined(separator: ", ")).
      """, valueName: "name"))
  var control: String?

  @ArgumentParser.Flag(
    help:
      "Run what raised flags ask for (more steps, mean answers, margin, black box) and report both."
  )
  var heal = false

  @Option(help: "How hard to look: quick, standard or full; tiny tries whether everything works.")
  var profile: AuditSettings.Profile = .quick

  @Option(help: "The folder the report is written to.")
  var out = "out/audit"

  @Option(help: "How many examples are attacked, from the first on.")
  var count: Int?

  @Option(help: "Attack in this norm alone: linf, l2 or l1. Needs --radii.")
  var norm: String?

  @Option(parsing: .upToNextOption, help: "The radii, in the data's own units.")
  var radii: [Double] = []

  @Option(help: "Certify the model smoothed with noise of this standard deviation as well.")
  var sigma: Double?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Lambda and margin of the hKR loss that a 1-Lipschitz model was trained with; 0 0 by default.",
      valueName: "number"))
  var hinge: [Double] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when a finding is below a bound, such as accuracy.clean=0.9. Repeatable.",
      valueName: "id=bound"))
  var failUnder: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when a finding is above a bound, such as calibration.ece=0.1. Repeatable.",
      valueName: "id=bound"))
  var failOver: [String] = []

  func run() throws {
    let started = Date()
    let progress = ProgressLine(isQuiet: options.quiet || options.json)
    let gates =
      try failUnder.map { try Gate(parsing: $0, side: .under) }
      + failOver.map { try Gate(parsing: $0, side: .over) }
    let folder = ReportFolder(Job.folder(out))
    try folder.check()
    let store = noStore ? nil : try store.open(for: .writing)
    let context = try options.context()
    var result: Audit.Result
    var counted: [String: Outcomes] = [:]
    if try isOfEncoder() {
      result = try auditEncoder(context, progress, started: started)
    } else {
      (result, counted) = try auditClassifier(context, progress, started: started)
    }
    let outcomes = try result.report.apply(gates)
    try folder.write(
      try result.report.files(samples: result.samples, plotlyPath: Folders.plotly))
    try store.map { try record(result.report, counted, in: $0) }
    print(summary(of: result.report))
    for outcome in outcomes where !outcome.passed {
      FileHandle.standardError.write(Data("touchstone: \(outcome.description)\n".utf8))
    }
    if outcomes.contains(where: { !$0.passed }) { throw Exit.gateFailed }
  }

  private func auditClassifier(
    _ context: Context, _ progress: ProgressLine, started: Date
  ) throws -> (Audit.Result, [String: Outcomes]) {
    let (name, classifier, data) = try load(context, progress)
    let settings = try settings(for: data)
    progress.say("auditing \(name) on \(data.count) examples of \(data.name)")
    var audited = try Subject(
      name: name, classifier: classifier, data: data, settings: settings, context: context,
      trainedAgainst: try subject.trainedAgainst(), learned: try subject.learned())
    audited.inversion = try modelInversion(of: data, context, progress)
    var result = try Audit().run(on: audited, started: started) { progress.say("  \($0)") }
    if heal { result = try Audit().heal(result, on: audited) { progress.say("  \($0)") } }
    return (result, try outcomes(audited))
  }

  private func load(
    _ context: Context, _ progress: ProgressLine
  ) throws -> (String, any Classifier, Dataset) {
    if let loaded = try subject.load(context.device) {
      guard control == nil else { throw ValidationError("give --control or a model, not both") }
      return loaded
    }
    if let control { return try load(control: control) }
    let reference = ReferenceModel(cache: Folders.cache)
    if !reference.isCached { progress.say("training the reference model on drawn digits") }
    let cores = min(4, ProcessInfo.processInfo.activeProcessorCount)
    IntraOperatorThreads.set(cores)
    defer { IntraOperatorThreads.set(1) }
    let classifier = try reference.classifier { state in
      progress.update(state.step, of: state.totalSteps, "loss \(rounded(state.loss))")
    }
    return ("reference model", classifier, try reference.testData())
  }

  private func load(control name: String) throws -> (String, any Classifier, Dataset) {
    guard let control = Controls.all.first(where: { $0.name == name }) else {
      let known = Controls.all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no control '\(name)'; choose one of \(known)")
    }
    let networks = ControlNetworks(cache: Folders.cache)
    return (
      control.name, try control.classifier(from: networks), try networks.testData(count: 1000)
    )
  }

  private func record(_ report: Report, _ counted: [String: Outcomes], in store: RunStore) throws {
    let digest = try subject.model.map {
      try Digest.hexadecimal(.sha256, ofFile: URL(filePath: $0))
    }
    let settings: JSONValue = [
      "subject": .object(report.subject), "model": JSONValue(digest),
      "settings": .object(report.settings), "seed": JSONValue(report.seed),
    ]
    let record = try store.recordFinished(
      NewRun(
        kind: "audit", recipe: subject.model ?? report.name, profile: profile.rawValue,
        seed: report.seed, settings: settings.text(sortedKeys: true),
        folder: URL(filePath: Job.folder(out)).standardizedFileURL.path, version: Audit.version),
      environment: Versions.environment, seconds: report.seconds,
      result: RunResult(
        findings: report.findings.map { RunFinding($0) },
        outcomes: counted,
        files: ["report.html", "report.json", "report.md", "samples.csv"]))
    try tag(record, in: store)
  }

  /// Notes whose model it is where that is the run of a folder, so that its model card finds the audit.
  private func tag(_ audit: RunRecord, in store: RunStore) throws {
    guard let run = subject.run else { return }
    let folder = URL(filePath: run).standardizedFileURL.path
    guard let audited = try store.run(inFolder: folder) else { return }
    try store.tag(audit, RunStore.auditTag(of: audited))
  }

  /// What became of every example, under the finding that counts it.
  private func outcomes(_ audited: Subject) throws -> [String: Outcomes] {
    let (correct, examples) = (audited.clean.correct, try audited.data.exampleDigest())
    return audited.data.outputs == .classes
      ? ["accuracy.clean": Outcomes(correct, of: examples)]
      : ["labels.exact_match_error": Outcomes(correct.map { !$0 }, of: examples)]
  }

  private func settings(for data: Dataset) throws -> AuditSettings {
    var settings = AuditSettings(profile)
    if let count { settings.attackedCount = count }
    if norm != nil || !radii.isEmpty {
      guard !radii.isEmpty else { throw ValidationError("--norm needs --radii") }
      settings.radii = [.init(norm: norm ?? "linf", radii: radii)]
    } else if data.vocabulary == nil {
      settings.radii = AuditSettings.radii(for: data, profile: profile)
    }
    if let sigma {
      settings.smoothing = settings.smoothing ?? AuditSettings.Smoothing()
      settings.smoothing?.sigma = sigma
    }
    if !hinge.isEmpty {
      guard hinge.count == 2 else { throw ValidationError("--hinge needs lambda and margin") }
      settings.hinge = (hinge[0], hinge[1])
    }
    try settings.validate()
    return settings
  }

  private func summary(of report: Report) -> String {
    if options.json { return String(decoding: report.jsonData(), as: UTF8.self) }
    let raised = report.flags.filter(\.raised).map { "flag \($0.id): \($0.meaning) \($0.remedy)" }
    let grade = report.confidence
    let confidence =
      ["confidence in these numbers: \(grade.letter) (\(grade.meaning))"]
      + (report.healing.map { [$0.summary] } ?? [])
    let page = URL(filePath: out).appending(path: "report.html").relativePath
    return ([report.findingsTable.text()] + raised + confidence + ["report: \(page)"]).joined(
      separator: "\n")
  }
}

extension AuditSettings.Profile: ExpressibleByArgument {}

/// A number for a progress line.
func rounded(_ value: Double) -> String { String(format: "%.4f", value) }
