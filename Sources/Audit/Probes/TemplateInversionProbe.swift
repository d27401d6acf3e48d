import Datasets
import Files
import Inversion
import Reports
import Runs
import Statistics
import Torch
import Training

/// What a stolen template gives away: how often a reconstruction passes as the person, between look-alikes
/// and real images, and what protections of templates would change about it.
public struct TemplateInversionProbe: EncoderProbe {
  private static let family = "leakage.template_inversion."
  /// The false match rate at which protections are compared.
  private static let strictest = 0.001

  /// The probe.
  public init() {}

  /// `template-inversion`.
  public var name: String { "template-inversion" }

  /// Trains a prior on public people, inverts the templates of private ones, and measures protections.
  public func run(on subject: EncoderSubject) throws -> Evidence {
    let (encoders, (leakage, others)) = try inverted(subject.inversion, subject)
    var evidence = Evidence(
      findings: try TemplateFindings(leakage, family: Self.family).all().map(\.finding)
        + others.flatMap {
          try TemplateFindings($0.leakage, setting: $0.name, family: Self.family).all()
            .map(\.finding)
        },
      flags: [try Self.fewPairs(leakage), try Self.weak(leakage)],
      columns: Self.columns(leakage, subject))
    try Self.judge(&evidence.findings, subject)
    if let pictures = TemplatePictures(subject.inversion, leakage), !evidence.findings.isEmpty {
      evidence.findings[0].pictures = try pictures.strips()
    }
    for defence in subject.defences {
      subject.voice.say("  defence: \(defence.name)")
      evidence.findings += try findings(of: defence, encoders, leakage, subject)
    }
    return evidence
  }

  /// The attack from encoders to what it won.
  private func inverted(
    _ inversion: TemplateInversion, _ subject: EncoderSubject
  ) throws -> (encoders: TemplateEncoders, results: TemplateInversion.Results) {
    IntraOperatorThreads.set(inversion.threads)
    defer { IntraOperatorThreads.set(1) }
    guard let encoders = try TemplateEncoders(inversion.recipe, inversion.data, on: subject.shelf)
    else { throw CancellationError() }
    let attack = try inversion.attack(with: encoders)
    return try TemporaryFolder.with { folder in
      inversion.takeThreads()
      let trainer = try attack.trainer(in: folder, identity: inversion.identity(encoders.roles))
      _ = try trainer.run { subject.voice.update($0.step, of: $0.totalSteps, "prior") }
      return try trainer.withFinalWeights {
        (encoders, try inversion.results(of: attack, encoders))
      }
    }
  }

  // MARK: Findings

  /// Whether more than look-alikes leaks is worth a look, and what to do about it.
  private static func judge(_ findings: inout [Finding], _ subject: EncoderSubject) throws {
    for index in findings.indices where findings[index].id.text.contains(".lift_type_") {
      guard let low = findings[index].low, low > 0 else { continue }
      findings[index].verdict = .warn
      findings[index].detail += """
        ; templates give away more than look-alikes do: see what protections change below, and keep \
        templates where nobody can copy them
        """
    }
  }

  /// Whether the attack wins less than picking look-alikes does, which needs no attack at all.
  private static func weak(_ leakage: TemplateLeakage) throws -> Flag {
    let lifts = leakage.system.liftTypeTwo
    let rates = lifts.filter { $0.mean.interval.high < 0 }.map {
      FindingID.part(for: $0.falseMatchRate)
    }
    return try Flag(
      id: "\(family)weak_attack", raised: !rates.isEmpty, value: lifts.map(\.mean.value).min(),
      threshold: 0,
      meaning: """
        Reconstructions pass less often than the nearest stranger\
        \(rates.isEmpty ? "" : " at false match rates of \(rates.joined(separator: ", "))"): the attack is \
        weak, its rates understate what templates leak, and nearest_public is the least that they do.
        """,
      remedy: "Look harder (--profile standard or full), or train longer by --inversion and --set.")
  }

  private static func fewPairs(_ leakage: TemplateLeakage) throws -> Flag {
    let thresholds = leakage.system.attack.successes.map(\.threshold)
    let strictest = thresholds.min { $0.falseMatchRate < $1.falseMatchRate }
    return try VerificationProbe.flag(
      "\(family)few_pairs", strictest, of: "the people that thresholds are chosen on")
  }

  /// What became of every private person, by the system.
  private static func columns(
    _ leakage: TemplateLeakage, _ subject: EncoderSubject
  ) -> [SampleTable.Column] {
    let people = subject.inversion.data.privateImages.classNames.indices
    func column(_ name: String, _ mean: IdentityMean?) -> [SampleTable.Column] {
      guard let mean else { return [] }
      return [.init(name, .numbers(people.map { mean.means[$0] }))]
    }
    return zip(leakage.system.attack.successes, leakage.system.nearestPublic.successes)
      .flatMap { made, near in
        let rate = FindingID.part(for: made.threshold.falseMatchRate)
        return column("sar_type_one.\(rate)", made.typeOne)
          + column("sar_type_two.\(rate)", made.typeTwo)
          + column("nearest_public.\(rate)", near.typeTwo)
      }
  }

  // MARK: Protections

  private func findings(
    of defence: EncoderAuditSettings.Defence, _ encoders: TemplateEncoders,
    _ plain: TemplateLeakage, _ subject: EncoderSubject
  ) throws -> [Finding] {
    let inversion = subject.inversion
    let protected = try defence.protection.applied(to: encoders.roles.system)
    let family = "defence.\(defence.name)."
    var found = [
      try VerificationProbe.finding(
        "\(family)eer", "Equal error rate, \(defence.name)", .equalErrorRate,
        VerificationProbe.scores(of: protected, subject), subject, better: .lower)
    ]
    let nearest: TemplateRow
    if subject.settings.attacksDefences {
      var recipe = inversion.recipe
      // Traits are read once, from the attack on templates as they are.
      (recipe.protection, recipe.oracle) = (defence.protection, nil)
      // One way to sample is compared with the same one.
      recipe.reconstruction.guidances = []
      (recipe.reconstruction.concentrations, recipe.reconstruction.steps) = ([], [])
      let leakage = try inverted(TemplateInversion(recipe, data: inversion.data), subject)
        .results.main
      nearest = leakage.system.nearestPublic
      found += try Self.compared(
        leakage.system.attack, plain.system.attack, "\(family)sar_type_two",
        "Success attack rate, another image, \(defence.name)", protected.name, subject)
    } else {
      let data = inversion.data
      let thresholds = try SystemThresholds(
        protected, images: TemplateData.images(of: data.thresholdImages),
        identities: data.thresholdImages.labelValues)
      nearest = try TemplateEvaluation(
        protected, targets: inversion.targets, thresholds: thresholds,
        bootstrap: Bootstrap(resamples: inversion.recipe.resamples), seed: subject.context.seed
      ).nearestPublic(TemplateData.images(of: data.publicImages))
    }
    return found
      + (try Self.compared(
        nearest, plain.system.nearestPublic, "\(family)nearest_public",
        "Nearest stranger, another image, \(defence.name)", protected.name, subject))
  }

  /// A rate with a protection, and by how much it is lower than without, person by person.
  private static func compared(
    _ row: TemplateRow, _ before: TemplateRow, _ id: String, _ title: String, _ system: String,
    _ subject: EncoderSubject
  ) throws -> [Finding] {
    func success(_ row: TemplateRow) -> TemplateRow.Success? {
      row.successes.first { $0.threshold.falseMatchRate == strictest }
    }
    guard let now = success(row), let then = success(before) else { return [] }
    let rate = FindingID.part(for: strictest)
    var stream = RandomStream(seed: subject.context.seed, purpose: "interval.\(id).saved")
    let saved = try then.typeTwo.lift(
      over: now.typeTwo, Bootstrap(resamples: subject.settings.inversion.resamples),
      using: &stream)
    let detail = ["\(row.selection); \(system)", now.threshold.warning ?? ""]
      .filter { !$0.isEmpty }.joined(separator: "; ")
    return [
      try Finding(
        id: "\(id).\(rate)", title: "\(title), false match rate \(rate)",
        value: now.typeTwo.value, interval: now.typeTwo.interval, better: .lower, detail: detail),
      try Finding(
        id: "\(id)_saved.\(rate)", title: "\(title), below that without protection",
        value: saved.value, interval: saved.interval, unit: "", better: .higher, detail: detail),
    ]
  }
}
