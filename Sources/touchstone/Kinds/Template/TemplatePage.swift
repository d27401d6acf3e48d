import Audit
import Datasets
import Inversion
import Reports
import Statistics
import Torch

/// `report.html` and `report.md` in the folder of a run that inverts templates.
struct TemplatePage {
  private let inversion: TemplateInversion
  private let leakage: TemplateLeakage
  private let others: [(name: String, leakage: TemplateLeakage)]
  private let roles: EncoderRoles
  private let pictures: TemplatePictures?

  init(
    _ inversion: TemplateInversion, _ leakage: TemplateLeakage,
    others: [(name: String, leakage: TemplateLeakage)], _ roles: EncoderRoles
  ) {
    self.inversion = inversion
    self.leakage = leakage
    self.others = others
    self.roles = roles
    pictures = TemplatePictures(inversion, leakage)
  }

  private var data: TemplateData { inversion.data }

  /// The page in both forms, and the reconstructions where pictures may be shown.
  func files() throws -> [ReportFolder.File] {
    let page = ResultsPage(
      title: "What templates of \(data.privateImages.name) leak", lead: TemplateKind.notice,
      facts: facts, sections: try sections(), version: Audit.version)
    var files = [
      ReportFolder.File("report.html", page.html(plotlyPath: Folders.plotly)),
      ReportFolder.File("report.md", page.markdown()),
    ]
    if let pictures {
      files.append(
        try SamplePictures.grid(pictures.images, columns: 3, named: "reconstructions.png"))
    }
    return files
  }

  private var facts: [(name: String, value: String)] {
    [
      ("System", Self.origin(of: inversion.recipe.encoders.system)),
      ("Attack", roles.isWhiteBox ? "white box" : "black box, by another encoder"),
      ("Independent encoder", Self.origin(of: inversion.recipe.encoders.evaluation)),
      ("Private people", "\(inversion.peopleCount)"),
      ("Public people", "\(data.publicImages.classNames.count)"),
      ("People for thresholds", "\(data.thresholdImages.classNames.count)"),
      ("Seed", "\(inversion.recipe.seed)"),
    ]
  }

  private static func origin(of encoder: EncoderSettings) -> String {
    encoder.path ?? "\(encoder.model), trained here on public people"
  }

  private func sections() throws -> [ResultsPage.Section] {
    let chosen = "The attack hands in \(leakage.best.selection)."
    var sections = [
      ResultsPage.Section(
        "Judged by the system", text: chosen,
        content: [.table(table(leakage.system), caption: Self.caption)]),
      .init(
        "Judged by an encoder that the attack did not look at", text: chosen,
        content: [.table(table(leakage.evaluation), caption: Self.caption)]),
      .init("Likeness", content: [.table(likeness, caption: likenessCaption)]),
    ]
    let sampling = SamplingTable(leakage, inversion.recipe.reconstruction, others: others)
    if let table = try sampling.table() {
      sections.append(
        .init("Ways to sample", content: [.table(table, caption: SamplingTable.caption)]))
    }
    let notes = leakage.system.warnings + leakage.evaluation.warnings.map { "independent: \($0)" }
    sections.append(
      .init(
        "What this can and cannot tell",
        content: [
          .notes(notes + ["Intervals draw people, for this attack and these thresholds."])
        ]))
    if let pictures {
      sections.append(
        .init(
          "Reconstructions",
          text: "Stolen image, nearest public image, reconstruction; the first people.",
          content: [.pictures(try pictures.strips())]))
    }
    return sections
  }

  private static let caption = """
    Success attack rates with 95 % intervals over people. Type I: against the very image; type II: \
    against other images of the person. The nearest stranger is picked by the system.
    """

  private func table(_ rows: JudgedTemplates) -> TextTable {
    var table = TextTable([
      .init("false match rate", .trailing), .init("type"), .init("attack", .trailing),
      .init("above nearest", .trailing), .init("nearest public", .trailing),
      .init("random public", .trailing), .init("genuine", .trailing),
    ])
    for (place, success) in rows.attack.successes.enumerated() {
      let rate = NumberText.short(success.threshold.falseMatchRate)
      let near = rows.nearestPublic.successes[place]
      let random = rows.randomPublic.successes[place]
      table.append([
        rate, "I", text(success.typeOne), text(rows.liftTypeOne[place].mean), text(near.typeOne),
        text(random.typeOne), "",
      ])
      table.append([
        rate, "II", text(success.typeTwo), text(rows.liftTypeTwo[place].mean), text(near.typeTwo),
        text(random.typeTwo), text(rows.genuine.successes[place].typeTwo),
      ])
    }
    return table
  }

  private var likenessCaption: String {
    "Means with 95 % intervals over people. Perceptual: \(leakage.quality.perceptualName)."
  }

  private var likeness: TextTable {
    var table = TextTable([
      .init("images"), .init("squared error", .trailing), .init("absolute error", .trailing),
      .init("perceptual", .trailing), .init("error of traits", .trailing),
      .init("correlation of traits", .trailing), .init("diversity", .trailing),
    ])
    for (name, quality, diversity) in [
      ("reconstructions", leakage.quality, leakage.diversity),
      ("nearest public", leakage.nearestQuality, nil),
    ] {
      table.append([
        name, number(quality.squaredError), number(quality.absoluteError),
        number(quality.perceptual), number(quality.traits?.error), correlation(quality.traits),
        number(diversity),
      ])
    }
    if let ceiling = leakage.ceiling {
      table.append(["stolen", "0", "0", "0", number(ceiling.error), correlation(ceiling)])
    }
    return table
  }

  private func correlation(_ traits: ReconstructionQuality.Traits?) -> String {
    traits.map { TemplateText.number($0.correlation, $0.correlationInterval) } ?? ""
  }

  private func number(_ mean: IdentityMean?) -> String { TemplateText.number(mean) }
  private func text(_ mean: IdentityMean?) -> String { TemplateText.share(mean) }
}
