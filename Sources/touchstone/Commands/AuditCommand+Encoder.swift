import ArgumentParser
import Audit
import Datasets
import Foundation
import Inversion
import Runs
import Torch
import Training

extension AuditCommand {
  /// Whether the audited model gives templates and no scores of classes.
  ///
  /// - Throws: when options are for encoders and the model is none.
  func isOfEncoder() throws -> Bool {
    if try description()?.embeddingSize != nil { return true }
    if encoder.encoder, subject.model != nil { return true }
    if let option = encoder.given, !encoder.invertsClassifier {
      throw ValidationError(
        "\(option) is for encoders, and for classifiers with --public or --inversion; give --model with "
          + "--encoder, or the --run of an encoder's recipe")
    }
    return false
  }

  /// Audits an encoder.
  func auditEncoder(
    _ context: Context, _ progress: ProgressLine, started: Date
  ) throws -> Audit.Result {
    try refuseOthers(context)
    let settings = try encoderSettings()
    let learned = try self.learned(settings.inversion.data)
    progress.say(EncoderAudit.notice)
    let audited = try EncoderSubject(
      name: try encoderName(), settings: settings, context: context, learned: learned,
      cache: Folders.cache, voice: progress)
    progress.say("auditing \(audited.name) on \(settings.inversion.data.source)")
    return try EncoderAudit().run(on: audited, profile: profile, started: started)
  }

  /// What the run says of its model; `nil` where there is no run.
  private func description() throws -> ModelDescription? {
    subject.run.flatMap { ModelDescription(run: URL(filePath: $0)) }
  }

  private func refuseOthers(_ context: Context) throws {
    guard subject.model == nil || subject.run == nil else {
      throw ValidationError("give --model or --run, not both")
    }
    let given: [(String, Bool)] = [
      ("--public", encoder.publicSource != nil),
      ("--heal", heal), ("--norm", norm != nil), ("--radii", !radii.isEmpty),
      ("--sigma", sigma != nil), ("--hinge", !hinge.isEmpty), ("--control", control != nil),
      ("--mean", !subject.mean.isEmpty), ("--std", !subject.std.isEmpty),
      ("--classes", !subject.classes.isEmpty), ("--split", subject.split != nil),
    ]
    if let (name, _) = given.first(where: { $0.1 }) {
      throw ValidationError(
        "\(name) is for classifiers, and this is an encoder; leave it out (an encoder is exported with "
          + "its normalisation, and --inversion says who is public and private)")
    }
    guard context.device == .cpu else { throw ValidationError("encoders are audited on the cpu") }
  }

  private func encoderName() throws -> String {
    guard let run = subject.run, let description = try description() else {
      return URL(filePath: subject.model ?? "").lastPathComponent
    }
    return "\(description.name), \(subject.folderName(of: run))"
  }

  private func encoderSettings() throws -> EncoderAuditSettings {
    let model = try description()
    var settings: EncoderAuditSettings
    if let path = encoder.inversion {
      let file = try RecipeFile.load(URL(filePath: path))
      let data = subject.data.map { ["data.source=\(RecipeValue.quoted($0))"] } ?? []
      let recipe = try file.resolved(
        profile: file.profiles.isEmpty ? nil : profile.rawValue,
        overrides: data + encoder.overrides)
      settings = EncoderAuditSettings(
        try TemplateKind.settings(of: recipe), attacksDefences: profile != .quick)
    } else {
      let data = try people(model)
      settings = EncoderAuditSettings(
        profile, data: data,
        imageShape: try model?.inputShape ?? imageShape(of: data),
        systemModel: model?.name)
    }
    if let count {
      guard count >= 2 else { throw ValidationError("--count is \(count), give at least 2 people") }
      settings.inversion.data.privateIdentities = count
      settings.inversion.data.privateNames =
        settings.inversion.data.privateNames.map { Array($0.prefix(count)) }
    }
    settings.inversion.encoders.system.path = subject.run ?? subject.model
    if let evaluation = encoder.evaluation {
      settings.inversion.encoders.evaluation.path = evaluation
    }
    if encoder.pictures { settings.inversion.pictures = true }
    return settings
  }

  private func imageShape(of data: TemplateRecipe.Data) throws -> [Int] {
    guard data.isPortraits else { return try TemplateData(data).privateImages.inputShape }
    let side = data.portraits?.size ?? 32
    return [data.portraits?.color == true ? 3 : 1, side, side]
  }

  /// Whom the encoder learned from, where names mean the same people in the data.
  private func learned(_ data: TemplateRecipe.Data) throws -> Set<String>? {
    guard let model = try description() else { return nil }
    if data.isPortraits {
      let (known, used) = (model.portraits, data.portraits ?? PortraitOptions())
      guard let known, Self.population(of: known) == Self.population(of: used),
        model.drawSeed ?? 0 == data.drawSeed ?? 0
      else { return nil }
    }
    return Set(model.classNames)
  }

  /// What decides who is drawn; how pictures look does not.
  private static func population(of options: PortraitOptions) -> [Double] {
    let counts = [options.privateIdentities ?? 100, options.publicIdentities ?? 500]
    return counts.map(Double.init) + [options.minimumDistance ?? 1.5]
  }

  /// Who is public, private, and for thresholds: the latter two are people whom the encoder has not learned
  /// from, as far as that is known.
  private func people(_ model: ModelDescription?) throws -> TemplateRecipe.Data {
    let source = subject.data ?? (model?.portraits == nil ? nil : Portraits.name)
    guard let source else {
      throw ValidationError("an encoder needs --data with pictures of people to be judged on")
    }
    var data = TemplateRecipe.Data(source: source)
    data.side = subject.side ?? model?.side
    if data.isPortraits {
      var options = model?.portraits ?? PortraitOptions(publicIdentities: 600)
      (options.train, options.test) = (options.train ?? 20, options.test ?? 5)
      options.pool = .public
      let names = try options.portraits().classNames
      let strangers = names.filter { !(model?.classNames.contains($0) ?? false) }
      if model != nil, strangers.count >= 2, strangers.count < names.count {
        data.thresholdNames = strangers
        data.publicNames = names.filter { !strangers.contains($0) }
      }
      options.pool = nil
      (data.portraits, data.drawSeed) = (options, model?.drawSeed)
      return data
    }
    guard let model else { return data }
    let origin = try DatasetSource(source)
    let all = try origin.load(
      origin.parts == [.all] ? .all : .test, options: LoadOptions(side: data.side))
    let strangers = all.classNames.filter { !model.classNames.contains($0) }
    if strangers.count >= 4 {
      data.privateNames = Array(strangers.prefix(strangers.count / 2))
      data.thresholdNames = Array(strangers.dropFirst(strangers.count / 2))
      data.publicNames = all.classNames.filter { !strangers.contains($0) }
    }
    return data
  }
}
