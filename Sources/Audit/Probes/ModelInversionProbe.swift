import Files
import Foundation
import Inversion
import Reports
import Runs
import Statistics
import Torch
import Training

/// What a classifier of people gives away about them to whoever has its weights: what attacks reconstruct, between
/// public look-alikes and real images. Asked where somebody says who is public.
public struct ModelInversionProbe: Probe {
  private static let family = "leakage.model_inversion."

  /// What an audit needs to ask it.
  public struct Request: Sendable {
    /// The attack; its target is the audited model.
    public var recipe: ModelRecipe
    /// Where judges and priors are kept.
    public var cache: URL
    /// Who tells a person how far the work is.
    public var voice: any RunVoice

    /// A request.
    public init(recipe: ModelRecipe, cache: URL, voice: any RunVoice = SilentVoice()) {
      self.recipe = recipe
      self.cache = cache
      self.voice = voice
    }
  }

  /// The probe.
  public init() {}

  /// `model-inversion`.
  public var name: String { "model-inversion" }

  /// Classifiers of whose people, and of others, there are images.
  public func suits(_ subject: Subject) -> Bool { subject.inversion != nil }

  /// Trains judges and a prior, attacks, and judges rows from random public images to real ones.
  public func run(on subject: Subject) throws -> Evidence {
    guard let request = subject.inversion else { return Evidence() }
    request.voice.say("  \(EncoderAudit.notice)")
    let inversion = try ModelInversion(request.recipe)
    IntraOperatorThreads.set(inversion.threads)
    defer { IntraOperatorThreads.set(1) }
    let shelf = Shelf(cache: request.cache, voice: request.voice)
    let table = try TemporaryFolder.with { folder -> ModelTable? in
      guard let networks = try ModelNetworks(inversion, on: shelf),
        let prepared = try ModelPreparation(
          inversion, networks, on: shelf, in: folder, say: request.voice.say,
          watch: { trainer, _ in
            try trainer.run { request.voice.update($0.step, of: $0.totalSteps, "fine-tuning") }
              == .finished
          })
      else { return nil }
      return try ModelTable(
        inversion, networks, prepared, in: folder, say: { request.voice.say("  \($0)") })
    }
    guard let table else { throw CancellationError() }
    var findings = try ModelFindings(table, family: Self.family).all().map(\.finding)
    Self.judge(&findings)
    return Evidence(findings: findings, flags: [try Self.weak(table)])
  }

  /// Whether more than look-alikes leaks is worth a look, and what to do about it.
  private static func judge(_ findings: inout [Finding]) {
    for index in findings.indices {
      let name = findings[index].id.text
      guard name.hasSuffix("lift"), !name.contains(ModelTable.ceiling),
        let low = findings[index].low, low > 0
      else { continue }
      findings[index].verdict = .warn
      findings[index].detail += """
        ; the weights give away more than look-alikes do: keep them where nobody can copy them, or see what \
        defences change (touchstone defend)
        """
    }
  }

  /// Whether the attack wins less than picking look-alikes does, which needs no attack at all.
  private static func weak(_ table: ModelTable) throws -> Flag {
    let lift = table.rows.first { $0.name == TunedAttack.name }?.lift
    return try Flag(
      id: "\(family)weak_attack", raised: (lift?.interval.high ?? 0) < 0, value: lift?.value,
      threshold: 0,
      meaning: """
        Reconstructions are recognised less often than public look-alikes: the attack is weak, its rates \
        understate what the model leaks, and look_alikes is the least that it does.
        """,
      remedy: "Look harder (--profile standard or full), or train longer by --inversion and --set.")
  }
}
